"""From a credential to a principal: who calls, and how far this credential reaches.

The API, the gateway and the pages all ask here; nobody else reads a secret.
"""

from __future__ import annotations

from mllab.core.context import Context
from mllab.core.tokens import Tokens
from mllab.core.users import Users
from mllab.model.accounts import Credentials, IssuedToken, Principal


class Identity:
    """Turns secrets into principals and passwords into sessions."""

    def __init__(self, context: Context, users: Users, tokens: Tokens) -> None:
        self._context = context

    async def principal(self, secret: str, *, from_cookie: bool = False) -> Principal:
        """Return who holds `secret` (a token, or with `from_cookie` a session).

        Raises NotSignedIn, with one and the same message whatever is wrong with it.
        """
        raise NotImplementedError

    async def sign_in(self, credentials: Credentials, *, address: str) -> IssuedToken:
        """Return a new session. Raises NotSignedIn, or LimitReached after too many tries.

        A wrong user and a wrong password look and take the same. `address` is the
        client's, one of the keys of the rate limit.
        """
        raise NotImplementedError

    async def sign_out(self, who: Principal) -> None:
        """End the session or token that `who` came with."""
        raise NotImplementedError
