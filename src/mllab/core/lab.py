"""The product as one object: every resource of core, wired once.

The API, the pages, the gateway and control are handed a `LabCore`; it knows no
back-end, only what `server.py` (or a test) gave it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from mllab.core.about import Abouts
from mllab.core.activity import Activities
from mllab.core.administration import Administration
from mllab.core.apps import Apps
from mllab.core.calls import Calls
from mllab.core.changes import Watched
from mllab.core.checks import Checks
from mllab.core.code import Code
from mllab.core.context import Context, ProjectPart
from mllab.core.disks import Disks
from mllab.core.events import Events
from mllab.core.feed import Bus, Feed
from mllab.core.files import VersionedFiles
from mllab.core.finding import Finder
from mllab.core.identity import Identity
from mllab.core.jobs import Jobs
from mllab.core.keys import Keys
from mllab.core.lineage import Lineage
from mllab.core.members import Members
from mllab.core.orphans import Orphans
from mllab.core.overviews import Overviews
from mllab.core.passwords import Passwords
from mllab.core.permissions import Access
from mllab.core.previews import Previews
from mllab.core.projects import Projects
from mllab.core.registry import Registry
from mllab.core.resumable import ResumableUploads
from mllab.core.secrets import Secrets
from mllab.core.services import Services
from mllab.core.tokens import Tokens
from mllab.core.tracking import Tracking
from mllab.core.usage import Usages
from mllab.core.users import Users
from mllab.core.uses import Uses
from mllab.core.workloads import Workloads
from mllab.core.workspaces import Workspaces
from mllab.errors import LabError
from mllab.runtimes.base import Runtime

Check = Callable[[], Awaitable[None]]


class LabCore:
    """Every resource under one roof.

    Without the parts in `checks` the lab is not ready for work; `warnings` are what somebody
    should look after while all works.
    """

    def __init__(
        self,
        context: Context,
        runtime: Runtime,
        *,
        passwords: Passwords | None = None,
        bus: Bus | None = None,
    ) -> None:
        self.feed = Feed(bus)
        context = replace(context, documents=Watched(context.documents, self.feed.tell))
        self.context = context
        self.access = Access(context.documents)
        self.tokens = Tokens(context, self.access)
        self.members = Members(context, self.access)
        self.users = Users(
            context, self.access, self.tokens, self.members, passwords or Passwords()
        )
        self.identity = Identity(context, self.access, self.users, self.tokens)
        self.apps = Apps(context, self.identity, self.tokens)
        self.projects = Projects(context, self.access, self.members)
        self.secrets = Secrets(context, self.access)
        self.lineage = Lineage(context)
        self.files = VersionedFiles(context, self.access, self.lineage)
        self.uploads = ResumableUploads(context, self.access, self.files)
        self.code = Code(context, self.access)
        self.tracking = Tracking(context, self.access, self.lineage, self.feed.edition)
        self.previews = Previews(context, self.files, self.tracking.artifacts)
        self.registry = Registry(context, self.access, self.tracking)
        self.workloads = Workloads(context, self.tokens, runtime)
        checks = Checks(self.code, self.files)
        self.jobs = Jobs(context, self.access, self.workloads, checks)
        self.keys = Keys(context, self.access)
        self.services = Services(
            context, self.access, self.workloads, self.registry, checks, self.keys
        )
        self.calls = Calls(context, self.services)
        self.uses = Uses(context, self.access, self.workloads, self.registry)
        self.workspaces = Workspaces(context, self.access, self.workloads)
        self.activity = Activities(context, self.services, self.workspaces)
        self.users.parts = [self.workspaces]
        self._add_views(context, runtime)
        self.checks: dict[str, Check] = {
            "metadata": self._check_metadata,
            "runtime": runtime.check,
        }
        self.warnings: dict[str, Check] = {"disk": Disks(context.settings, runtime).check}

    def _add_views(self, context: Context, runtime: Runtime) -> None:
        """Add what looks at the resources and keeps nothing of its own."""
        self.events = Events(self.access, self.feed)
        self.finder = Finder(context, self.access)
        self.orphans = Orphans(context, self.access, runtime)
        self.usage = Usages(context, self.workloads, self.jobs, self.services, self.workspaces)
        self.administration = Administration(context, self.access, self.workloads, self.usage)
        self.abouts = Abouts(context, self.access, runtime)
        self.overviews = Overviews(context, self.access, self.projects, self.workspaces)

    @property
    def project_parts(self) -> list[ProjectPart]:
        """Everything that keeps things of a project, in the order of a deletion."""
        return [
            self.jobs,
            self.services,
            self.workloads,
            self.uploads,
            self.keys,
            self.files,
            self.code,
            self.tracking,
            self.registry,
            self.lineage,
            self.secrets,
            self.tokens,
            self.projects,
        ]

    async def health(self) -> dict[str, str]:
        """Return `ok` or the fault of each part, and what somebody should look after."""
        return await self.faults() | await _results(self.warnings)

    async def faults(self) -> dict[str, str]:
        """Return `ok` or the fault of each part that the lab cannot do without."""
        return await _results(self.checks)

    async def _check_metadata(self) -> None:
        await self.context.documents.get("lab", "health")


async def _results(checks: Mapping[str, Check]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, check in checks.items():
        try:
            await check()
            found[name] = "ok"
        except LabError as exc:
            found[name] = exc.message
    return found
