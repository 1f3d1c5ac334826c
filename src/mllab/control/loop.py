"""The heart of control: who acts, on which workloads, and when again.

`run` works until `close`; tests drive `step` instead, one look at everything per call.
One task per workload, so a slow one keeps nobody waiting, and a failure of one is its own.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from contextlib import aclosing, suppress
from dataclasses import dataclass

from mllab.control.cleanup import Cleanup
from mllab.control.executor import Executor
from mllab.control.idle import IdleStop
from mllab.control.leases import Lease
from mllab.control.shutdown import wish_to_stop
from mllab.control.sizes import SizeWatch
from mllab.core.lab import LabCore
from mllab.errors import LabError
from mllab.model.base import new_id
from mllab.model.workloads import Wanted, Workload, WorkloadState

log = logging.getLogger("mllab.control")

IDLE_S = 2.0
"""How often an idle lab looks for what other processes wrote (seconds)."""

_TIDY_S = 0.5
_MEASURE_S = 30.0
_LOOK_S = 0.05
_LONGEST_REST_S = 0.2
_AT_ONCE = 64
_STARTS_AT_ONCE = 32
"""How many may be busy with a start, which can take long: others wait beside the slots, where
they hold up nobody and can be stopped."""

_LONGEST_PAUSE_S = 60.0
_STOP_LIMIT_S = 60.0


@dataclass
class _Watch:
    """What is known of one open workload: when to look again, how often it failed."""

    due_at: float = 0.0
    failures: int = 0
    task: asyncio.Task[None] | None = None
    again: bool = False
    starts: bool = False
    """Whether its task may start it."""
    seen: object = None
    """What of the record asked for the last look: when it differs, look at once."""


class Control:
    """Makes the wanted states of one lab real while it holds the lease.

    `takeover` takes the lease from an owner that cannot be alive any more, because this
    lab holds the data folder's lock.
    """

    def __init__(self, core: LabCore, *, owner: str | None = None, takeover: bool = False) -> None:
        self._core = core
        self._takeover = takeover
        self._lease = Lease(
            core.context.documents,
            core.context.clock,
            name="control",
            owner=owner or new_id("control"),
            life_s=core.context.settings.lease_s,
        )
        self._executor = Executor(core, self._lease)
        self._cleanup = Cleanup(core, alone=takeover)
        self._idle = IdleStop(core)
        self._sizes = SizeWatch(core)
        self._watches: dict[str, _Watch] = {}
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._next_round_at = 0.0
        self._closing = False
        self._ended = asyncio.Event()
        self._ended.set()

    async def run(self) -> None:
        """Act until `close` is called; faults of stores and runtime are logged and outlived."""
        self._ended.clear()
        jobs = (self._listen, self._renew, self._tidy, self._measure)
        helpers = [asyncio.create_task(each()) for each in jobs]
        try:
            while not self._closing:
                begun = time.monotonic()
                pause_s = await self._safe_round()
                # Rests as long as it worked, so that many changes share a look.
                await asyncio.sleep(min(_LONGEST_REST_S, time.monotonic() - begun))
                await self._sleep(pause_s)
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            await self._drop_tasks()
            with suppress(LabError):
                await self._lease.release()
            self._ended.set()

    async def step(self) -> bool:
        """Look at every open workload once and wait for what that sets off; for tests.

        False if another control holds the lease: then nothing was done.
        """
        if not await self._acquire():
            return False
        await self._cleanup.run()
        await self._idle.run()
        await self._sizes.run()
        await self._dispatch(everything=True)
        tasks = [watch.task for watch in self._watches.values() if watch.task]
        await asyncio.gather(*tasks)
        return True

    async def stop_all(self) -> None:
        """End everything that runs; services start again with the next lab.

        Raises:
            TimeoutError: something still runs after a minute.
        """
        self._executor.may_start = False
        told: set[str] = set()
        async with asyncio.timeout(_STOP_LIMIT_S):
            while live := {w.id for w in await self._core.workloads.open_ones() if _is_live(w)}:
                for id in live - told:
                    await self._core.workloads.change(id, wish_to_stop)
                told |= live
                if not (self._ended.is_set() and await self.step()):
                    await asyncio.sleep(_LOOK_S)

    async def close(self) -> None:
        """Stop acting and give the lease back; workloads run on. Repeatable."""
        self._closing = True
        self._core.workloads.wake.set()
        await self._ended.wait()
        await self._drop_tasks()
        await self._lease.release()

    async def _acquire(self) -> bool:
        if await self._lease.acquire(takeover=self._takeover):
            self._takeover = False
            return True
        return False

    async def _safe_round(self) -> float:
        try:
            return await self._round()
        except LabError as exc:
            log.warning("control cannot work now: %s", exc.message)
        except Exception:
            log.exception("control failed in a round; it goes on")
        return 1.0

    async def _round(self) -> float:
        if not self._lease.is_held() and not await self._acquire():
            await self._drop_tasks()
            return min(IDLE_S, self._core.context.settings.lease_s / 3)
        return await self._dispatch(everything=False)

    async def _dispatch(self, *, everything: bool) -> float:
        """Start a task for each workload that is due; return seconds until the next is."""
        now = asyncio.get_running_loop().time()
        workloads = {w.id: w for w in await self._core.workloads.open_ones()}
        for id in self._watches.keys() - workloads.keys():
            if self._watches[id].task is None:
                del self._watches[id]
        due_at = on_the_beat(now, IDLE_S)
        room = len(workloads) if everything else _STARTS_AT_ONCE
        room -= sum(watch.starts for watch in self._watches.values())
        for id, workload in sorted(workloads.items(), key=lambda each: each[1].created_at):
            watch = self._watches.setdefault(id, _Watch())
            asks = (workload.wanted, workload.state, workload.attempt, workload.spec)
            starts = _may_start(workload)
            if watch.task is not None:
                watch.again = watch.again or watch.seen != asks
            elif not (everything or watch.due_at <= now or watch.seen != asks):
                due_at = min(due_at, watch.due_at)
            elif room > 0 or not starts:
                room -= starts
                watch.seen, watch.starts = asks, starts
                watch.task = asyncio.create_task(self._advance(id, watch))
        self._next_round_at = due_at
        return max(0.0, due_at - now)

    async def _advance(self, id: str, watch: _Watch) -> None:
        again_s: float | None = None
        try:
            async with self._slots:
                again_s = await self._executor.advance(id)
            watch.failures = 0
        except LabError as exc:
            again_s = await self._failed(id, watch, exc.message)
        except Exception as exc:
            log.exception("control failed on workload %s", id)
            reason = f"the lab failed on it ({type(exc).__name__}); its log says more"
            again_s = await self._failed(id, watch, reason)
        finally:
            watch.task, has_started, watch.starts = None, watch.starts, False
            now = asyncio.get_running_loop().time()
            pause_s = IDLE_S if again_s is None else again_s
            watch.due_at = now if watch.again else on_the_beat(now, pause_s)
            watch.again = False
            if has_started or watch.due_at < self._next_round_at:
                self._core.workloads.wake.set()

    async def _failed(self, id: str, watch: _Watch, reason: str) -> float:
        watch.failures += 1
        log.warning("workload %s: %s", id, reason)
        with suppress(LabError):  # the store may be what failed
            await self._executor.note(id, f"waiting: {reason}")
        return float(min(_LONGEST_PAUSE_S, 2 ** min(watch.failures - 1, 10)))

    async def _sleep(self, pause_s: float) -> None:
        wake = self._core.workloads.wake
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await wake.wait()
        if wake.is_set():
            wake.clear()

    async def _listen(self) -> None:
        """Turn the runtime's events into looks; polling is the net under it."""
        while True:
            try:
                async with aclosing(self._core.workloads.runtime.events()) as events:  # type: ignore[type-var]
                    async for event in events:
                        if event.workload_id is None:
                            self._poke_all()
                        else:
                            self._poke(event.workload_id)
            except Exception:
                log.exception("the runtime's events broke off; polling goes on")
            await asyncio.sleep(_LONGEST_PAUSE_S)

    async def _tidy(self) -> None:
        """Clean up beside the reconciler, so that a slow deletion keeps nobody waiting."""
        while True:
            deleting = False
            try:
                if self._lease.is_held():
                    deleting = await self._cleanup.run()
                    await self._idle.run()
            except LabError as exc:
                log.warning("clean-up cannot go on now: %s", exc.message)
            except Exception:
                log.exception("clean-up failed; it is tried again")
            await self._core.workloads.changed(_TIDY_S)
            if not deleting:
                await asyncio.sleep(_TIDY_S)

    async def _measure(self) -> None:
        """Look at logs and sizes apart from all else, as that may take the Engine long."""
        while True:
            try:
                if self._lease.is_held():
                    await self._core.workloads.runtime.tend()
                    await self._sizes.run()
            except LabError as exc:
                log.warning("logs and sizes cannot be looked at now: %s", exc.message)
            except Exception:
                log.exception("the look at logs and sizes failed; it is tried again")
            await asyncio.sleep(_MEASURE_S)

    def _poke(self, id: str) -> None:
        watch = self._watches.get(id)
        if watch is not None:
            watch.again = watch.task is not None
            watch.due_at = 0.0
            self._core.workloads.wake.set()

    def _poke_all(self) -> None:
        """Look at all now: what was in the way of some may be over."""
        for id, watch in self._watches.items():
            watch.failures = 0
            self._poke(id)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._core.context.settings.lease_s / 3)
            if not self._lease.is_held():
                continue
            try:
                held = await self._acquire()
            except LabError as exc:
                log.warning("the lease could not be renewed: %s", exc.message)
                continue
            if not held:
                log.warning("another lab took control over; this one stops acting")
                await self._drop_tasks()

    async def _drop_tasks(self) -> None:
        tasks = [watch.task for watch in self._watches.values() if watch.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def on_the_beat(now: float, pause_s: float) -> float:
    """Return when to look again: long pauses end on whole seconds, so that looks meet.

    Never later than asked, as something may be due then.
    """
    return math.floor(now + pause_s) if pause_s >= 1.0 else now + pause_s


def _may_start(workload: Workload) -> bool:
    return workload.wanted is Wanted.RUNNING and workload.handle is None


def _is_live(workload: Workload) -> bool:
    return workload.state in {
        WorkloadState.STARTING,
        WorkloadState.RUNNING,
        WorkloadState.STOPPING,
    }
