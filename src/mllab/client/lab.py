"""`Lab`: the typed Python client, one class per noun.

lab = Lab()                      # LAB_ENDPOINT and LAB_API_TOKEN inside a workload
lab.projects.create("news")
news = lab.project("news")
news.datasets.upload("news.csv", "news.csv")
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import httpx

from mllab.client.admin import Admin
from mllab.client.events import read_events
from mllab.client.http import Http
from mllab.client.projects import Project, Projects
from mllab.client.tokens import Tokens
from mllab.client.users import Users
from mllab.client.workspaces import Workspace
from mllab.model.about import About
from mllab.model.accounts import Me
from mllab.model.changes import Change
from mllab.model.finding import Hit
from mllab.model.overview import Home


class Lab:
    """A lab as one user or token sees it."""

    def __init__(
        self,
        endpoint: str | None = None,
        token: str | None = None,
        *,
        ca_file: str | Path | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.http = Http(endpoint, token, ca_file=ca_file, transport=transport)
        self.projects = Projects(self.http)
        self.users = Users(self.http)
        self.tokens = Tokens(self.http)
        self.admin = Admin(self.http)

    @classmethod
    def sign_in(
        cls,
        endpoint: str,
        username: str,
        password: str,
        *,
        name: str = "",
        ca_file: str | Path | None = None,
    ) -> Lab:
        """Return a client with a new token of the user; `name` is how lists show the token."""
        with closing(Http(endpoint, "", ca_file=ca_file)) as http:
            body = {"username": username, "password": password, "name": name or "Python client"}
            secret = http.json("POST", "/auth/token", json=body)["secret"]
        return cls(endpoint, secret, ca_file=ca_file)

    def me(self) -> Me:
        """Return who this client is."""
        return Me.model_validate(self.http.json("GET", "/auth/me"))

    def sign_out(self) -> None:
        """Revoke the token of this client."""
        self.http.json("POST", "/auth/logout")

    def project(self, name: str) -> Project:
        """Return the project `name`; asks the lab nothing yet."""
        return Project(self.http, name)

    def workspace(self, user: str | None = None) -> Workspace:
        """Return a user's workspace, by default one's own."""
        return Workspace(self.http, user or str(self.me().user))

    def about(self) -> About:
        """Return what the lab can do: its runtime, images and limits."""
        return About.model_validate(self.http.json("GET", "/about"))

    def home(self) -> Home:
        """Return one's projects, workspace, and what runs, failed and happened in them."""
        return Home.model_validate(self.http.json("GET", "/home"))

    def search(self, text: str, *, limit: int = 20) -> list[Hit]:
        """Return what one may see and is called like `text`, the best first."""
        params = {"q": text, "limit": limit}
        found = self.http.json("GET", "/search", params=params)["items"]
        return [Hit.model_validate(each) for each in found]

    def events(
        self, *, project: str | None = None, most_s: int | None = None
    ) -> Generator[Change | None]:
        """Yield what changes, for `most_s` seconds at most.

        None comes first, and whenever changes were missed: look at everything then.
        """
        return read_events(self.http, project=project, most_s=most_s)

    def close(self) -> None:
        """Close the connections."""
        self.http.close()
