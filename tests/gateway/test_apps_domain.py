"""Labels and domains of workloads' own hosts."""

from __future__ import annotations

import pytest
from app_hosts import Browser, place
from gateway_room import open_room
from people import People

from mllab.config import Settings
from mllab.core.apps import app_label
from mllab.core.lab import LabCore
from mllab.errors import LabError
from mllab.gateway.nginx.config import GatewayConfig
from mllab.model.work import NewService, ServiceSpec

CHURN = "/projects/alpha/services/churn/"


def test_labels_never_collide_and_fit() -> None:
    long = "x" * 40
    keys = ["s/a-b/c", "s/a/b-c", "w/a", "s/a/a", f"s/{long}/{long}/65535", "s/a/b", "s/a/b/1"]
    labels = {app_label(key) for key in keys}
    assert len(labels) == len(keys)
    assert max(map(len, labels)) <= 63


@pytest.mark.parametrize(
    "settings",
    [
        {"apps_domain": "a b"},
        {"apps_domain": "10.0.0.1"},
        {"apps_domain": "$x"},
        {"apps_domain": "example.com", "hosts": "lab.example.com"},
        {"hosts": "lab.localhost"},
    ],
)
def test_a_domain_that_cannot_be_is_refused(settings: dict[str, str]) -> None:
    with pytest.raises(LabError, match="LAB_APPS_DOMAIN"):
        GatewayConfig.from_settings(Settings.model_validate(settings))


async def test_a_domain_of_its_own(core: LabCore, people: People) -> None:
    config = GatewayConfig.from_settings(
        Settings.model_validate(
            {"apps_domain": "apps.example", "public_url": "http://lab.example:80/"}
        )
    )
    assert (config.apps_domain, config.lab_origin) == ("apps.example", "http://lab.example")
    async with open_room(core, apps_domain="apps.example", names=("lab.example",)) as room:
        await core.services.create(
            people["alice"], "alpha", NewService(name="churn", spec=ServiceSpec(command="x"))
        )
        place(room, await room.upstream())
        vera = Browser(room)
        data = {"username": "vera", "password": "vera's long password"}
        lab = f"http://lab.example:{room.nginx.port}"
        await vera.send(f"{lab}/sign-in", "POST", data=data)
        assert (await vera.open(f"{lab}{CHURN}")).text == "ok"
        assert vera.host == f"{app_label('s/alpha/churn')}.apps.example:{room.nginx.port}"
        vera.cookies[vera.host.partition(":")[0]].clear()
        assert (await vera.open(vera.url)).text == "ok", "back over the lab's own host"
