"""Users, tokens, and who a caller is."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field, SecretStr

from mllab.model.base import ProjectName, Record, ServiceName, Timestamp, Title, UserName
from mllab.model.projects import Role

SESSION_COOKIE = "lab_session"
"""The browser's cookie; its value is the secret of a token of kind `session`."""

SETUP_COOKIE = "lab_setup"
"""Holds the one-time secret between the printed URL and the form of the first admin."""


APP_COOKIE = "lab_app"
"""Opens one workload on its own host; the value is the secret of a token of kind `app`."""


class User(Record):
    """A person with an account; the password's hash is stored beside it, never in it."""

    name: UserName
    display_name: Title = ""
    is_admin: bool = False
    is_active: bool = True
    created_at: Timestamp


class NewUser(Record):
    """What it takes to create a user."""

    name: UserName
    password: SecretStr = Field(min_length=8, max_length=1000)
    display_name: Title = ""
    is_admin: bool = False


class Registration(Record):
    """What a visitor gives to create an account for themselves."""

    name: UserName
    password: SecretStr = Field(min_length=8, max_length=1000)
    display_name: Title = ""


class UserChange(Record):
    """Fields of a user to change; absent ones stay.

    Whoever changes their own password gives `current_password` too.
    """

    password: SecretStr | None = Field(default=None, min_length=8, max_length=1000)
    current_password: SecretStr | None = Field(default=None, max_length=1000)
    display_name: Title | None = None
    is_admin: bool | None = None
    is_active: bool | None = None


class Credentials(Record):
    """User name and password of a sign-in."""

    username: str = Field(max_length=200)
    password: SecretStr = Field(max_length=1000)


class TokenRequest(Credentials):
    """A sign-in by a program, answered with an API token instead of a cookie."""

    name: Title = ""
    expires_in_days: int | None = Field(default=30, ge=1, le=3650)


class FirstAdmin(Record):
    """The first admin's account, with the one-time secret that the lab printed."""

    secret: SecretStr = Field(max_length=200)
    username: UserName = "admin"
    password: SecretStr = Field(min_length=8, max_length=1000)


class TokenKind(StrEnum):
    """What a token is for.

    `session` is a browser's cookie, `setup` the one-time admin URL; `ticket` and `app` (see
    `core/apps.py`) are named after the workload that they open.
    """

    SESSION = "session"
    API = "api"
    WORKLOAD = "workload"
    SETUP = "setup"
    TICKET = "ticket"
    APP = "app"


class Scope(Record):
    """What a token is confined to; each field narrows further, all None is the whole user.

    `service` (with `project`) opens that one service through the gateway and nothing else.
    `workload` ties the token's life to a workload.
    """

    project: ProjectName | None = None
    role: Role | None = None
    service: ServiceName | None = None
    workload: str | None = None


class Token(Record):
    """A token as its owner sees it; the secret itself is shown once, when it is made."""

    id: str
    kind: TokenKind
    user: UserName
    name: Title = ""
    scope: Scope = Scope()
    created_at: Timestamp
    expires_at: Timestamp | None = None
    last_used_at: Timestamp | None = None


class NewToken(Record):
    """What it takes to create a token for oneself; the default life is 30 days."""

    name: Title = ""
    scope: Scope = Scope()
    expires_in_days: int | None = Field(default=30, ge=1, le=3650)


class IssuedToken(Record):
    """A new token with its secret, the only time that it can be read."""

    token: Token
    secret: str


class KeyInUse(Record):
    """A service's key that somebody came with; `requests_per_minute` None is unlimited."""

    id: str
    requests_per_minute: int | None = None


class Principal(Record):
    """Who calls, and how far this credential reaches.

    `user` None with `is_system` is the lab itself (control). `is_admin` is already False
    for credentials that must not carry admin rights (workload and scoped tokens).
    `from_cookie` says that a browser sent it by itself, so writes must check their origin.
    `key` is set, and `user` None, for a caller from outside with a service's key.
    """

    user: UserName | None
    is_admin: bool = False
    is_system: bool = False
    scope: Scope = Scope()
    token_id: str | None = None
    from_cookie: bool = False
    key: KeyInUse | None = None


class Me(Principal):
    """Who calls, as `GET /api/auth/me` tells it."""

    display_name: Title = ""


SYSTEM = Principal(user=None, is_admin=True, is_system=True)
"""The lab itself: control acts under it, nobody can sign in as it."""
