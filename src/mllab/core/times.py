"""Times as documents keep them: ISO-8601, six decimals, `Z`, so text order is time order."""

from __future__ import annotations

from datetime import UTC, datetime


def to_text(value: datetime) -> str:
    """Return the text form of an aware time."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_text(value: str) -> datetime:
    """Return the time that `to_text` wrote."""
    return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
