"""A running gateway for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from gateway_room import Room, open_room
from people import People

from mllab.core.lab import LabCore


@pytest.fixture
async def room(request: pytest.FixtureRequest) -> AsyncIterator[Room]:
    """A gateway with nothing behind it yet; as a parameter of a test, below that path."""
    async with open_room(base=getattr(request, "param", "")) as opened:
        yield opened


@pytest.fixture
async def lab_room(core: LabCore, people: People) -> AsyncIterator[Room]:
    """A gateway before a whole core, with Alice, Bob, Vera, Charlie and Dana in it."""
    async with open_room(core) as opened:
        yield opened
