"""What admins see of the whole lab."""

from __future__ import annotations

import pytest
from people import PROJECT, People

from mllab.core.administration import WorkloadQuestion
from mllab.core.lab import LabCore
from mllab.errors import NotAllowed
from mllab.model.administration import Source
from mllab.model.work import NewService, ServiceSpec
from mllab.model.workloads import WorkloadState


async def test_every_workload_is_listed_with_its_owner(core: LabCore, people: People) -> None:
    spec = ServiceSpec(command="sleep 1")
    await core.services.create(people["alice"], PROJECT, NewService(name="churn", spec=spec))
    asked = WorkloadQuestion(project=PROJECT)
    page = await core.administration.workloads(people["dana"], asked, limit=10, cursor=None)
    (entry,) = page.items
    assert (entry.name, entry.user, entry.kind) == ("churn", "alice", "service")
    other = WorkloadQuestion(project=PROJECT, state=WorkloadState.FAILED)
    page = await core.administration.workloads(people["dana"], other, limit=10, cursor=None)
    assert page.items == []


@pytest.mark.parametrize("who", ["alice", "charlie"])
async def test_only_admins_look(core: LabCore, people: People, who: str) -> None:
    with pytest.raises(NotAllowed):
        await core.administration.settings(people[who])
    with pytest.raises(NotAllowed):
        await core.administration.workloads(people[who], WorkloadQuestion(), limit=1, cursor=None)


async def test_settings_stand_with_their_source_and_without_secrets(
    core: LabCore, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_HOST", "127.0.0.1")
    found = {each.name: each for each in (await core.administration.settings(people["dana"])).items}
    assert found["LAB_PORT"].source is Source.DEFAULT
    assert found["LAB_DATA_ROOT"].source is Source.GIVEN
    assert found["LAB_PORT"].description.startswith("TCP port on which nginx listens")
    assert found["LAB_ADMIN_PASSWORD"].value in {"", "set"}
