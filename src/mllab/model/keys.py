"""Keys of services: what callers outside the lab hold.

A key belongs to the service, not to whoever made it. What opens is its secret, which is
shown once, when the key is made or rotated.
"""

from __future__ import annotations

from pydantic import Field

from mllab.model.base import ProjectName, Record, ServiceName, Timestamp, Title, UserName


class ServiceKey(Record):
    """A key as the service's people see it.

    `requests_per_minute` None is unlimited, `expires_at` None for ever. `maker_left` says that
    whoever made it is not in the project any more, but may know the secret still. Until
    `old_secret_until` the secret before the last rotation is good too.
    """

    id: str
    project: ProjectName
    service: ServiceName
    name: Title = ""
    requests_per_minute: int | None = None
    created_by: UserName
    created_at: Timestamp
    maker_left: bool = False
    expires_at: Timestamp | None = None
    rotated_at: Timestamp | None = None
    old_secret_until: Timestamp | None = None
    last_used_at: Timestamp | None = None


class NewServiceKey(Record):
    """What it takes to make a key; the default life is a year, None is for ever."""

    name: Title = ""
    expires_in_days: int | None = Field(default=365, ge=1, le=3650)
    requests_per_minute: int | None = Field(default=None, ge=1, le=1_000_000)


class KeyRotation(Record):
    """How a key gets its next secret: the one before stays good for `grace_s` seconds."""

    grace_s: int = Field(default=0, ge=0, le=30 * 86_400)


class IssuedServiceKey(Record):
    """A key with its new secret, the only time that it can be read."""

    key: ServiceKey
    secret: str
