"""A user's workspace."""

from __future__ import annotations

from collections.abc import Iterator

from mllab.client.http import Http, part
from mllab.client.watching import (
    read_lines,
    read_log,
    read_usage,
    search_log,
    wait_for_use,
)
from mllab.errors import BackendFailed
from mllab.model.activity import Activity
from mllab.model.logs import LogLines, LogMatch
from mllab.model.usage import WorkloadUsage
from mllab.model.work import Workspace as Record


class Workspace:
    """The workspace of one user."""

    def __init__(self, http: Http, user: str) -> None:
        self._http = http
        self.user = user
        self._url = f"/workspaces/{part(user)}"

    @property
    def url(self) -> str:
        """Return the address to open in a browser."""
        return f"{self._http.endpoint}/workspaces/{part(self.user)}/"

    def get(self, *, wait_s: float = 0.0) -> Record:
        """Return it; when it is ready or ended, or after `wait_s` seconds (5 at most)."""
        params = {"wait_s": wait_s} if wait_s else {}
        return Record.model_validate(self._http.json("GET", self._url, params=params))

    def update(self, *, image: str | None) -> Record:
        """Run it in another image, None: the lab's own; if it runs, it restarts. Files stay."""
        found = self._http.json("PUT", self._url, json={"image": image})
        return Record.model_validate(found)

    def start(self) -> Record:
        """Ask for it to run."""
        return self._post("start")

    def stop(self) -> Record:
        """Ask for it to end; files and environment stay."""
        return self._post("stop")

    def restart(self) -> Record:
        """End what runs in it and start it anew."""
        return self._post("restart")

    def reset(self) -> Record:
        """Start it with a new environment; files stay."""
        return self._post("reset")

    def wait(self, *, timeout_s: float | None = 1800.0) -> Record:
        """Return it once it is ready to be used.

        Raises:
            BackendFailed: it ended instead, or three times in a row; the message says why.
            Unavailable: it is not ready after `timeout_s` seconds.
        """
        found = wait_for_use(lambda wait_s: self.get(wait_s=wait_s), timeout_s)
        if found.status.state != "running":
            raise BackendFailed(
                f"The workspace of {self.user!r} is {found.status.state}: "
                f"{found.status.reason or 'nobody started it'}."
            )
        return found

    def logs(self, *, follow: bool = False, offset: int = 0) -> Iterator[str]:
        """Yield its output; with `follow` until it ended."""
        return read_log(self._http, f"{self._url}/logs", follow=follow, offset=offset)

    def log_lines(self, *, lines: int = 1000, before: int | None = None) -> LogLines:
        """Return the last lines of the workspace's log, or those before byte `before`."""
        return read_lines(self._http, f"{self._url}/logs", lines, before)

    def search_log(self, text: str) -> Iterator[LogMatch]:
        """Yield the lines of the workspace's log that hold `text`, in whatever case."""
        return search_log(self._http, f"{self._url}/logs", text)

    def activity(self) -> Activity:
        """Return when it was last used, and what moved in the last hour."""
        return Activity.model_validate(self._http.json("GET", f"{self._url}/activity"))

    def usage(self) -> WorkloadUsage | None:
        """Return what it uses now, None when it does not run."""
        return read_usage(self._http, self._url)

    def _post(self, verb: str) -> Record:
        return Record.model_validate(self._http.json("POST", f"{self._url}/{verb}"))
