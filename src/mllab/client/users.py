"""Users, for admins and for oneself."""

from __future__ import annotations

import builtins

from mllab.client.http import Http, part
from mllab.model.accounts import User


class Users:
    """The users of a lab."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(self, q: str = "") -> builtins.list[User]:
        """Return all users by name, or those whose names hold `q`, case aside; for admins."""
        return [User.model_validate(each) for each in self._http.pages("/users", q=q)]

    def get(self, name: str) -> User:
        """Return one user: oneself, or as an admin anybody."""
        return User.model_validate(self._http.json("GET", f"/users/{part(name)}"))

    def create(
        self, name: str, password: str, *, display_name: str = "", is_admin: bool = False
    ) -> User:
        """Create an account; for admins."""
        body = {
            "name": name,
            "password": password,
            "display_name": display_name,
            "is_admin": is_admin,
        }
        return User.model_validate(self._http.json("POST", "/users", json=body))

    def update(
        self,
        name: str,
        *,
        password: str | None = None,
        current_password: str | None = None,
        display_name: str | None = None,
        is_admin: bool | None = None,
        is_active: bool | None = None,
    ) -> User:
        """Change what is given; one's own password needs `current_password` too."""
        change = {
            "password": password,
            "current_password": current_password,
            "display_name": display_name,
            "is_admin": is_admin,
            "is_active": is_active,
        }
        body = {field: value for field, value in change.items() if value is not None}
        return User.model_validate(self._http.json("PATCH", f"/users/{part(name)}", json=body))

    def delete(self, name: str) -> None:
        """Delete an account with its tokens and memberships; for admins."""
        self._http.json("DELETE", f"/users/{part(name)}")
