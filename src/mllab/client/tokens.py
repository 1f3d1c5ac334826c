"""One's own tokens."""

from __future__ import annotations

import builtins

from mllab.client.http import Http, part
from mllab.model.accounts import IssuedToken, NewToken, Scope, Token


class Tokens:
    """The tokens of the caller."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def list(self, *, user: str | None = None) -> builtins.list[Token]:
        """Yield tokens and sessions, newest first; another `user` is for admins."""
        params = {"user": user} if user else {}
        return [Token.model_validate(each) for each in self._http.pages("/tokens", **params)]

    def create(
        self, name: str = "", *, scope: Scope | None = None, expires_in_days: int | None = 30
    ) -> IssuedToken:
        """Make a token; the answer holds its secret, which cannot be read again."""
        new = NewToken(name=name, scope=scope or Scope(), expires_in_days=expires_in_days)
        answer = self._http.json("POST", "/tokens", json=new.model_dump(mode="json"))
        return IssuedToken.model_validate(answer)

    def delete(self, token_id: str) -> None:
        """Revoke a token."""
        self._http.json("DELETE", f"/tokens/{part(token_id)}")
