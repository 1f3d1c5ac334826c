"""The decision itself, without nginx."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from gateway_room import ANN, RUNNING, SESSION, TableCore

from mllab.config import Settings
from mllab.core.workloads import Reach
from mllab.errors import BackendFailed, LabError, NotAllowed, NotFound, NotSignedIn
from mllab.gateway.access import Decision, Gatekeeper, NotReady, check_path_mode
from mllab.gateway.nginx.config import GatewayConfig
from mllab.gateway.routing import ServiceTarget, WorkspaceTarget
from mllab.model.accounts import Principal
from mllab.runtimes.base import Endpoint

SERVICE = ServiceTarget("alpha", "svc", None)


@pytest.fixture
def table(tmp_path: Path) -> TableCore:
    found = TableCore(Settings(data_dir=tmp_path))
    found.people = {
        ANN: Principal(user="ann"),
        SESSION: Principal(user="ann", from_cookie=True),
        "session-of-bob": Principal(user="bob", from_cookie=True),
    }
    reach = Reach(RUNNING, "ann", Endpoint("127.0.0.1:5000"), "/projects/alpha/services/svc")
    found.services[("alpha", "svc", None)] = reach
    return found


@pytest.fixture
def keeper(table: TableCore) -> Gatekeeper:
    return Gatekeeper(table.as_core(), table.settings.run_dir)


def _reached_at(table: TableCore, endpoint: Endpoint | None) -> None:
    key = ("alpha", "svc", None)
    table.services[key] = replace(table.services[key], endpoint=endpoint)


@pytest.mark.parametrize("credential", [f"a:{ANN}", f"c:{SESSION}"])
async def test_owner_is_let_through(keeper: Gatekeeper, credential: str) -> None:
    assert await keeper.decide(credential, "s/alpha/svc") == Decision("127.0.0.1:5000", strip=True)


@pytest.mark.parametrize(
    ("credential", "workload", "error"),
    [
        ("-", "s/alpha/svc", NotSignedIn),
        ("", "s/alpha/svc", NotSignedIn),
        ("a:", "s/alpha/svc", NotSignedIn),
        (f"x:{ANN}", "s/alpha/svc", NotSignedIn),
        (f"a:{SESSION}", "s/alpha/svc", NotSignedIn),
        (f"c:{ANN}", "s/alpha/svc", NotSignedIn),
        (f"a:{ANN}", "s/alpha/svc/9090", NotFound),
        (f"a:{ANN}", "s/alpha/sv", NotFound),
        (f"a:{ANN}", "w/bob", NotFound),
        (f"a:{ANN}", "nonsense", NotFound),
        ("c:session-of-bob", "s/alpha/svc", NotAllowed),
    ],
)
async def test_others_are_not(
    keeper: Gatekeeper, credential: str, workload: str, error: type[LabError]
) -> None:
    with pytest.raises(error):
        await keeper.decide(credential, workload)


@pytest.mark.parametrize(
    ("who", "target", "allowed"),
    [
        (Principal(user="ann", from_cookie=True), SERVICE, True),
        (Principal(user="bob", from_cookie=True), SERVICE, False),
        (Principal(user="dana", from_cookie=True, is_admin=True), SERVICE, False),
        (Principal(user="bob"), SERVICE, True),
        (Principal(user="ann", from_cookie=True), WorkspaceTarget("ann"), True),
    ],
)
def test_browsers_run_only_their_own_pages(
    who: Principal, target: ServiceTarget | WorkspaceTarget, allowed: bool
) -> None:
    if allowed:
        check_path_mode(who, target, "ann")
    else:
        with pytest.raises(NotAllowed, match="LAB_APPS_DOMAIN"):
            check_path_mode(who, target, "ann")


async def test_not_ready_is_neither_allowed_nor_denied(
    table: TableCore, keeper: Gatekeeper
) -> None:
    _reached_at(table, None)
    with pytest.raises(NotReady) as missing:
        await keeper.decide(f"a:{ANN}", "s/alpha/svc")
    assert missing.value.target == SERVICE


@pytest.mark.parametrize(
    ("address", "sent_to"),
    [
        ("127.0.0.1:80", "127.0.0.1:80"),
        ("[::1]:80", "[::1]:80"),
        ("unix:RUN/w/a.sock", "unix:w/a.sock:"),
        ("unix:/elsewhere/a.sock", "unix:/elsewhere/a.sock:"),
    ],
)
async def test_addresses_as_nginx_needs_them(
    table: TableCore, keeper: Gatekeeper, address: str, sent_to: str
) -> None:
    _reached_at(table, Endpoint(address.replace("RUN", str(table.settings.run_dir))))
    assert (await keeper.decide(f"a:{ANN}", "s/alpha/svc")).packed() == f"{sent_to}|s||"


@pytest.mark.parametrize(
    "endpoint",
    [
        Endpoint("localhost:80"),
        Endpoint("evil.example:80"),
        Endpoint("127.0.0.1"),
        Endpoint("127.0.0.1:0"),
        Endpoint("127.0.0.1:99999"),
        Endpoint("127.0.0.1:80/x"),
        Endpoint("unix:/a:b.sock"),
        Endpoint("unix:/a|b.sock"),
        Endpoint("unix:/" + "x" * 108),
        Endpoint("127.0.0.1:80", {"X-Other": "y"}),
        Endpoint("127.0.0.1:80", {"Authorization": "a|b"}),
        Endpoint("127.0.0.1:80", {"Authorization": "a\r\nb"}),
    ],
)
async def test_what_nginx_could_not_use_is_refused_in_words(
    table: TableCore, keeper: Gatekeeper, endpoint: Endpoint
) -> None:
    _reached_at(table, endpoint)
    with pytest.raises(BackendFailed):
        await keeper.decide(f"a:{ANN}", "s/alpha/svc")


async def test_a_stampede_is_one_look(table: TableCore, keeper: Gatekeeper) -> None:
    asked = [keeper.decide(f"a:{ANN}", "s/alpha/svc") for _ in range(50)]
    assert len(set(await asyncio.gather(*asked))) == 1
    assert table.looks == 1
    await keeper.decide(f"a:{ANN}", "s/alpha/svc")
    assert table.looks == 2, "nothing is kept"


async def test_who_gives_up_takes_nobody_with_them(table: TableCore, keeper: Gatekeeper) -> None:
    first, second = (
        asyncio.create_task(keeper.decide(f"a:{ANN}", "s/alpha/svc")) for _ in range(2)
    )
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).address == "127.0.0.1:5000"
    assert table.looks == 1


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({}, ()),
        (
            {"hosts": "lab.example, B.example. ,10.0.0.1,[::1],localhost"},
            ("b.example", "lab.example"),
        ),
        ({"public_url": "https://Lab.example:8443/x", "base_url": "/x"}, ("lab.example",)),
        ({"public_url": "http://10.0.0.1/"}, ()),
    ],
)
def test_names_that_the_lab_answers_to(settings: dict[str, str], names: tuple[str, ...]) -> None:
    assert GatewayConfig.from_settings(Settings.model_validate(settings)).names == names


@pytest.mark.parametrize(
    ("public", "base"),
    [("https://a.example/x", ""), ("https://a.example/", "/x"), ("https://a.example/x", "/y")],
)
def test_two_paths_of_one_lab_are_refused(public: str, base: str) -> None:
    settings = Settings.model_validate({"public_url": public, "base_url": base})
    with pytest.raises(LabError, match="LAB_BASE_URL"):
        GatewayConfig.from_settings(settings)


@pytest.mark.parametrize(
    "hosts", ["a b", "a;b", "*.example", "a/b", "x" * 64, "$host", "é.example"]
)
def test_a_host_that_is_none_is_refused(hosts: str) -> None:
    with pytest.raises(LabError, match="LAB_HOSTS"):
        GatewayConfig.from_settings(Settings(hosts=hosts))
