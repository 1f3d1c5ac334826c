"""`Environment`: the surface of the original `lab_client`, for notebooks that used it."""

from __future__ import annotations


class Environment:
    """A project as the original client showed it."""
