"""Keys of a service, for callers outside the lab."""

from __future__ import annotations

import builtins

from mllab.client.http import Http, part
from mllab.model.keys import IssuedServiceKey, KeyRotation, NewServiceKey, ServiceKey


class ServiceKeys:
    """The keys of one service."""

    def __init__(self, http: Http, url: str) -> None:
        """`url` is the service's, below `/api`."""
        self._http = http
        self._url = f"{url}/keys"

    def list(self) -> builtins.list[ServiceKey]:
        """Return the keys, newest first."""
        return [ServiceKey.model_validate(each) for each in self._http.pages(self._url)]

    def create(
        self,
        name: str = "",
        *,
        expires_in_days: int | None = 365,
        requests_per_minute: int | None = None,
    ) -> IssuedServiceKey:
        """Make a key; the answer holds its secret, which cannot be read again."""
        new = NewServiceKey(
            name=name, expires_in_days=expires_in_days, requests_per_minute=requests_per_minute
        )
        answer = self._http.json("POST", self._url, json=new.model_dump(mode="json"))
        return IssuedServiceKey.model_validate(answer)

    def rotate(self, key: str, *, grace_s: int = 0) -> IssuedServiceKey:
        """Give the key a new secret; the one before stays good for `grace_s` seconds."""
        how = KeyRotation(grace_s=grace_s).model_dump(mode="json")
        answer = self._http.json("POST", f"{self._url}/{part(key)}/rotate", json=how)
        return IssuedServiceKey.model_validate(answer)

    def revoke(self, key: str) -> None:
        """End a key."""
        self._http.json("DELETE", f"{self._url}/{part(key)}")
