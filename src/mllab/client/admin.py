"""The whole lab, for its admins."""

from __future__ import annotations

from collections.abc import Iterable

from mllab.client.http import Http
from mllab.model.administration import Orphan, ProjectEntry, SettingEntry, WorkloadEntry


class Admin:
    """What admins look at."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def projects(self, q: str = "") -> list[ProjectEntry]:
        """Return all projects by name, or those whose name or title holds `q` (case aside)."""
        found = self._http.pages("/admin/projects", q=q)
        return [ProjectEntry.model_validate(each) for each in found]

    def workloads(
        self,
        *,
        project: str | None = None,
        user: str | None = None,
        kind: str | None = None,
        state: str | None = None,
    ) -> list[WorkloadEntry]:
        """Return all workloads, the newest first, with what those that run use now."""
        asked = {"project": project, "user": user, "kind": kind, "state": state}
        params = {name: value for name, value in asked.items() if value is not None}
        found = self._http.pages("/admin/workloads", **params)
        return [WorkloadEntry.model_validate(each) for each in found]

    def settings(self) -> list[SettingEntry]:
        """Return all settings as they stand; secrets only as set or not."""
        found = self._http.json("GET", "/admin/settings")["items"]
        return [SettingEntry.model_validate(each) for each in found]

    def orphans(self) -> list[Orphan]:
        """Return what the runtime keeps and nobody owns; removes nothing."""
        found = self._http.json("GET", "/admin/orphans")["items"]
        return [Orphan.model_validate(each) for each in found]

    def remove_orphans(self, orphans: Iterable[Orphan]) -> list[Orphan]:
        """Remove those that are orphans still, with their data; return what came of each."""
        body = {"ids": [each.id for each in orphans]}
        found = self._http.json("POST", "/admin/orphans/remove", json=body)["items"]
        return [Orphan.model_validate(each) for each in found]
