"""Carries out steps on one workload: look, decide, write, act, until it must wait.

Every write is guarded by the revision that was read: when two controls meet, one of them
finds that the record has moved on and does nothing.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from mllab.control.decisions import Do, Step, decide, needs_look, needs_probe
from mllab.control.endings import failed_start, over
from mllab.control.environment import equip
from mllab.control.health import answers
from mllab.control.leases import Lease
from mllab.core.lab import LabCore
from mllab.core.logs import KEPT_ATTEMPTS, first_attempt, logs_key, text_of
from mllab.core.specs import GRACE_S
from mllab.core.workloads import Kept
from mllab.errors import InvalidInput, LabError, NotFound
from mllab.model.workloads import Workload, WorkloadSpec
from mllab.runtimes.base import Handle, Phase, RuntimeStatus
from mllab.stores.documents.base import RevisionConflict

log = logging.getLogger("mllab.control")

_RETRY_S = 2
_LATER_S = 1.0
_MOST_STEPS = 20
_NEVER_STARTED = RuntimeStatus(Phase.EXITED, "stopped before it started")


class Executor:
    """Acts under a lease; one call at a time for one workload."""

    def __init__(self, core: LabCore, lease: Lease) -> None:
        self._core = core
        self._records = core.workloads
        self._runtime = core.workloads.runtime
        self._clock = core.context.clock
        self._lease = lease
        self.may_start = True
        """False while the lab ends everything: what is pending stays so."""

    async def advance(self, id: str) -> float | None:
        """Do all that can be done now; return seconds to the next look, None for never.

        Raises:
            LabError: a store or the runtime failed; trying again is safe.
        """
        for _ in range(_MOST_STEPS):
            if not self._lease.is_held():
                break
            kept = await self._records.read(id)
            if kept is None:
                return None
            try:
                step = await self._step(kept)
            except RevisionConflict:
                continue
            if step.do in {Do.WAIT, Do.START, Do.REMOVE}:
                return step.again_s
        return _LATER_S

    async def note(self, id: str, reason: str) -> None:
        """Let the record's reason say what keeps control from acting."""
        kept = await self._records.read(id)
        if kept is not None and not kept.workload.state.is_final:
            await self._say(kept, reason)

    async def _step(self, kept: Kept) -> Step:
        workload = kept.workload
        look = None
        if needs_look(workload) and workload.handle is not None:
            look = await self._runtime.status(workload.handle)
        ready = needs_probe(workload, look) and await self._answers(workload)
        step = decide(workload, look, ready, self._clock())
        if step.do is Do.START and not self.may_start:
            return Step(Do.WAIT, again_s=None)
        if step.do is Do.END:
            await self._keep_log(workload, look)
            await self._core.tokens.revoke_workload(workload.id)
            step.change["logs_key"] = logs_key(workload, workload.attempt)
        if step.do is Do.CLEAN and workload.handle is not None:
            # Before the write: what is forgotten in the record must be gone already.
            await self._runtime.remove(workload.handle)
        if step.change:
            kept = await self._write(kept, step.change)
        await self._act(kept, step)
        return step

    async def _act(self, kept: Kept, step: Step) -> None:
        workload = kept.workload
        if step.do is Do.START:
            await self._start(kept, again=not step.change)
        elif step.do is Do.FIND:
            await self._find(kept)
        elif step.do is Do.STOP and workload.handle is not None:
            await self._runtime.stop(workload.handle, GRACE_S)
        elif step.do is Do.REMOVE:
            await self._remove(workload)

    async def _answers(self, workload: Workload) -> bool:
        if workload.handle is None or not workload.spec.ports:
            return True
        endpoint = await self._runtime.endpoint(workload.handle, workload.spec.ports[0])
        return endpoint is not None and await answers(endpoint, workload.health_path)

    async def _start(self, kept: Kept, *, again: bool) -> None:
        """Start the attempt; `again` if a lab before may have done so and then died."""
        workload = kept.workload
        try:
            if awaited := await self._runtime.prepare(_of_attempt(workload)):
                await self._say(kept, awaited)
                return
            handle = await self._found(workload) if again else None
            token_id = workload.token_id
            if handle is None:
                equipped = await equip(self._core, workload)
                token_id = equipped.token_id
                if not self._lease.is_held():
                    return
                handle = await self._runtime.start(equipped.spec, equipped.secrets)
        except LabError as exc:
            await self._not_started(kept, exc)
        else:
            await self._write(kept, {"handle": handle, "token_id": token_id})

    async def _say(self, kept: Kept, reason: str) -> None:
        """Let the record's reason say what is waited for; control comes back by itself."""
        if kept.workload.reason != reason:
            await self._write(kept, {"reason": reason})

    async def _not_started(self, kept: Kept, error: LabError) -> None:
        """Write down why a start failed; what can be mended by time is tried again."""
        workload, now = kept.workload, self._clock()
        if error.retryable:
            reason = f"it cannot be started now, trying again in {_RETRY_S} s: {error.message}"
            later = now + timedelta(seconds=_RETRY_S)
            await self._write(kept, {"reason": reason, "next_start_at": later})
            return
        log.warning("workload %s did not start: %s", workload.id, error.message)
        # A start that failed half-way may have left something: nothing may run unowned.
        if (handle := await self._found(workload)) is not None:
            await self._runtime.remove(handle)
        await self._core.tokens.revoke_workload(workload.id)
        again = not isinstance(error, InvalidInput | NotFound)
        await self._write(kept, failed_start(workload, error.message, now, again=again))

    async def _find(self, kept: Kept) -> None:
        workload = kept.workload
        handle = await self._found(workload)
        if handle is not None:
            await self._write(kept, {"handle": handle})
            return
        await self._core.tokens.revoke_workload(workload.id)
        await self._write(kept, over(workload, _NEVER_STARTED, self._clock()))

    async def _found(self, workload: Workload, *, any_attempt: bool = False) -> Handle | None:
        """Return the handle of the newest attempt, or of any, if the runtime has it."""
        for listed in await self._runtime.list():
            if listed.workload_id == workload.id:
                return listed.handle if any_attempt or listed.attempt == workload.attempt else None
        return None

    async def _keep_log(self, workload: Workload, look: RuntimeStatus | None) -> None:
        files, copy = self._core.context.files, logs_key(workload, workload.attempt)
        if workload.handle is None or look is None:
            return
        # What is lost may have been removed by another control, which kept the log first.
        if look.phase is not Phase.LOST or await files.stat(copy) is None:
            await files.write(copy, text_of(self._runtime.logs(workload.handle)))
        old = first_attempt(workload) - 1
        if old > 0 and workload.attempt > KEPT_ATTEMPTS:
            await files.delete(logs_key(workload, old))

    async def _remove(self, workload: Workload) -> None:
        handle = workload.handle or await self._found(workload, any_attempt=True)
        if handle is not None:
            await self._runtime.stop(handle, GRACE_S)
            await self._runtime.remove(handle, volume=True)
            log.info("workload %s went, with %s", workload.id, workload.spec.name)
        await self._core.tokens.revoke_workload(workload.id)
        await self._records.erase(workload)

    async def _write(self, kept: Kept, change: dict[str, object]) -> Kept:
        workload = kept.workload.model_copy(update=change)
        revision = await self._records.write(workload, kept.revision)
        if workload.state is not kept.workload.state:
            log.info("workload %s is %s: %s", workload.id, workload.state, workload.reason)
        return Kept(workload, revision)


def _of_attempt(workload: Workload) -> WorkloadSpec:
    """Return the spec as this attempt has it, without what is only added at the start."""
    return workload.spec.model_copy(update={"attempt": workload.attempt})
