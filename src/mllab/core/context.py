"""What every resource of core is built from: stores, settings, clock.

Holds no rule and no state of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from mllab.config import Settings
from mllab.model.base import now
from mllab.stores.documents.base import DocumentStore
from mllab.stores.files import Files


@dataclass(frozen=True)
class Context:
    """Handed to every resource class."""

    settings: Settings
    documents: DocumentStore
    files: Files
    clock: Callable[[], datetime] = now


class ProjectPart(Protocol):
    """A resource that keeps things of a project and can forget them."""

    async def forget_project(self, project: str) -> bool:
        """Delete what is left of the project; True when nothing is. Repeatable."""
        ...
