"""Orphans on the real Engine: found by labels alone, and removed in the right order."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from docker_engine import docker
from docker_machine import DockerMachine, namespace
from people import open_core, settle

from mllab.model.base import now
from mllab.model.workloads import Workload, WorkloadSpec
from mllab.runtimes.base import Phase


def later() -> datetime:
    return now() + timedelta(hours=1)


def record(spec: WorkloadSpec) -> Workload:
    return Workload(
        id=spec.id,
        kind=spec.kind,
        project="alpha",
        user="ann",
        owner_name="job",
        spec=spec,
        runtime="docker",
        created_at=now(),
    )


async def test_what_nobody_owns_goes_and_all_else_stays(
    machine: DockerMachine, tmp_path: Path
) -> None:
    gone = {"lab.namespace": machine.namespace, "lab.project": "gone", "lab.workload": "wl_gone"}
    kept = {"lab.namespace": machine.namespace, "lab.project": "alpha", "lab.user": "ann"}
    name = f"{machine.namespace}-p-gone"
    orphan = machine.spec("exec sleep 600", requirements=["x"]).model_copy(
        update={"name": f"{name}-j-x-1", "id": "wl_gone", "labels": gone}
    )
    await machine.runtime.start(orphan, {})
    mine = machine.spec("exec sleep 600", labels=kept | {"lab.workload": "wl_mine"})
    mine = mine.model_copy(update={"id": "wl_mine"})
    owned = await machine.runtime.start(mine, {})
    with namespace() as other:
        docker("volume", "create", "--label", f"lab.namespace={other}", f"{other}-v")
        async with open_core(tmp_path, later, runtime=machine.runtime) as core:
            dana = (await settle(core))["dana"]
            await core.workloads.create(record(mine))
            found = (await core.orphans.list(dana)).items
            assert [each.id for each in found] == [
                f"container/{name}-j-x-1",
                f"network/{name}",
                f"volume/{name}-environments",
            ]
            removed = (await core.orphans.remove(dana, {each.id for each in found})).items
            assert [(each.removed, each.fault) for each in removed] == [(True, "")] * 3
            assert (await core.orphans.list(dana)).items == []
        assert docker("volume", "ls", "--quiet", "--filter", f"name={other}-v")
    assert (await machine.runtime.status(owned)).phase is Phase.RUNNING
    left = docker("ps", "--all", "--quiet", "--filter", f"label=lab.namespace={machine.namespace}")
    assert len(left.split()) == 1
