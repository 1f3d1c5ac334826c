"""User accounts and their password hashes."""

from __future__ import annotations

from mllab.core.context import Context
from mllab.core.permissions import Access


class Users:
    """User accounts and their password hashes."""

    def __init__(self, context: Context, access: Access) -> None:
        self._context = context
