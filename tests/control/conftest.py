"""A lab whose control is driven step by step on a clock that tests move."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from machine import Machine, open_machine


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    """A lab with Alice's project `alpha` on the dummy runtime."""
    async with open_machine(tmp_path) as made:
        yield made
