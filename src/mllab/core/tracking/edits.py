"""What a person changes of runs: name, note and tags of one, or one thing of many at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

from mllab.core.permissions import Access, Action
from mllab.core.tracking.experiments import Experiments
from mllab.core.tracking.runs import Runs
from mllab.errors import LabError
from mllab.model.accounts import Principal
from mllab.model.run_table import Notes, RunOutcome, RunOutcomes
from mllab.model.tracking import Experiment, Run

NOTE_TAG = "mlflow.note.content"
_AT_ONCE = 50
"""Changes under way together: they share the store's flushes to disk."""

Act = Callable[[str], Awaitable[object]]


class Edits:
    """Changes that people make to runs and experiments."""

    def __init__(self, access: Access, experiments: Experiments, runs: Runs) -> None:
        self._access = access
        self._experiments = experiments
        self._runs = runs

    async def change_run(self, who: Principal, project: str, id: str, notes: Notes) -> Run:
        """Change name, note and tags of an active run; what is not given stays."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        if notes.name is not None:
            await self._runs.update(who, project, id, name=notes.name)
        return await self._runs.set_tags(who, project, id, tags_of(notes))

    async def change_experiment(
        self, who: Principal, project: str, id: str, notes: Notes
    ) -> Experiment:
        """Change name, note and tags of an active experiment; what is not given stays."""
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        if notes.name is not None:
            await self._experiments.rename(who, project, id, notes.name)
        return await self._experiments.set_tags(who, project, id, tags_of(notes))

    async def delete(self, who: Principal, project: str, ids: Sequence[str]) -> RunOutcomes:
        """Mark runs as deleted, each on its own."""
        return await self._each(who, project, ids, lambda id: self._runs.delete(who, project, id))

    async def restore(self, who: Principal, project: str, ids: Sequence[str]) -> RunOutcomes:
        """Take back the deletion of runs, each on its own."""
        return await self._each(who, project, ids, lambda id: self._runs.restore(who, project, id))

    async def tag(
        self, who: Principal, project: str, ids: Sequence[str], tags: Mapping[str, str | None]
    ) -> RunOutcomes:
        """Set and remove tags of runs, each on its own."""
        return await self._each(
            who, project, ids, lambda id: self._runs.set_tags(who, project, id, tags)
        )

    async def _each(
        self, who: Principal, project: str, ids: Sequence[str], act: Act
    ) -> RunOutcomes:
        await self._access.require(who, Action.EXPERIMENT_WRITE, project=project)
        slots = asyncio.Semaphore(_AT_ONCE)

        async def one(id: str) -> RunOutcome:
            async with slots:
                try:
                    await act(id)
                except LabError as exc:
                    return RunOutcome(run=id, error=exc.code, message=exc.message)
                return RunOutcome(run=id)

        items = await asyncio.gather(*map(one, dict.fromkeys(ids)))
        failed = sum(item.error is not None for item in items)
        return RunOutcomes(items=items, failed=failed)


def tags_of(notes: Notes) -> dict[str, str | None]:
    """Return the tags that are to change, the note among them."""
    if notes.note is None:
        return dict(notes.tags)
    return {**notes.tags, NOTE_TAG: notes.note or None}
