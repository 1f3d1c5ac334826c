"""Experiments, runs, metrics, artifacts and logged models, in MLflow's terms.

One object per noun; this one only puts them together. What registered models are is in
`core/registry`. Knows no HTTP: `api/mlflow` speaks the protocol.
"""

from __future__ import annotations

from collections.abc import Callable

from mllab.core.context import Context
from mllab.core.lineage import Lineage
from mllab.core.permissions import Access
from mllab.core.tracking.artifacts import Artifacts
from mllab.core.tracking.bodies import Changes
from mllab.core.tracking.edits import Edits
from mllab.core.tracking.experiments import Experiments
from mllab.core.tracking.logged_models import LoggedModels
from mllab.core.tracking.points import Points
from mllab.core.tracking.run_search import RunSearch
from mllab.core.tracking.run_tables import RunTables
from mllab.core.tracking.runs import Parts, Runs
from mllab.core.tracking.series import Charts
from mllab.stores.documents.base import Where

_COLLECTIONS = ("metrics", "runs", "logged_models", "experiments")


class Tracking:
    """`experiments runs models artifacts` of all projects, and `tables charts edits` of runs."""

    def __init__(
        self,
        context: Context,
        access: Access,
        lineage: Lineage,
        edition: Callable[[str], int],
    ) -> None:
        self._documents = context.documents
        changes = Changes(context.documents)
        self.experiments = Experiments(context, access, changes)
        self.models = LoggedModels(context, access, changes, self.experiments)
        finder = RunSearch(context.documents, self.experiments)
        parts = Parts(changes, self.experiments, self.models, finder, lineage)
        self.runs = Runs(context, access, parts)
        self.tables = RunTables(context, access, self.experiments, finder, edition)
        self.charts = Charts(access, finder, Points(context.documents))
        self.edits = Edits(access, self.experiments, self.runs)
        self.artifacts = Artifacts(context, access)

    async def forget_project(self, project: str) -> bool:
        """Delete what is left of the project; True when nothing is. Repeatable."""
        mine = Where("id", "prefix", f"{project}/")
        for collection in _COLLECTIONS:
            await self._documents.delete_where(collection, mine)
        await self._documents.delete_where("names", Where("id", "prefix", f"{project}/experiment/"))
        await self.artifacts.forget_project(project)
        return True
