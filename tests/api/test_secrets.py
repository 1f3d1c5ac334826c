"""Secrets: values go in, reach workloads, and come out nowhere else."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from people import Api, LiveLab, open_core, settle

from mllab.core.lab import LabCore
from mllab.core.vault import Vault
from mllab.errors import BackendFailed

SECRETS = "/api/projects/alpha/secrets"
VALUE = "hunter2-☃"


async def put(api: Api, name: str, value: str, who: str = "bob") -> int:
    return (await api(who).put(f"{SECRETS}/{name}", json={"value": value})).status_code


def _all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_a_value_reaches_workloads_and_nobody_else(
    api: Api, core: LabCore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = await api("bob").put(f"{SECRETS}/DB_PASSWORD", json={"value": VALUE})
    listed = await api("bob").get(SECRETS)
    assert [s["name"] for s in listed.json()["items"]] == ["DB_PASSWORD"]
    assert await core.secrets.values("alpha") == {"DB_PASSWORD": VALUE}
    for text in (answer.text, listed.text, caplog.text):
        assert VALUE not in text
    assert VALUE.encode() not in _all_bytes(tmp_path)


async def test_a_new_value_replaces_the_old_and_a_deleted_one_is_gone(
    api: Api, core: LabCore
) -> None:
    assert await put(api, "A", "1") == 200
    assert await put(api, "A", "2") == 200
    assert await core.secrets.values("alpha") == {"A": "2"}
    assert (await api("bob").delete(f"{SECRETS}/A")).status_code == 204
    assert (await api("bob").delete(f"{SECRETS}/A")).status_code == 404
    assert await core.secrets.values("alpha") == {}


async def test_viewers_see_no_names_and_outsiders_no_project(api: Api) -> None:
    assert (await api("vera").get(SECRETS)).status_code == 403
    assert (await api("charlie").get(SECRETS)).status_code == 404


@pytest.mark.parametrize(
    "name", ["LAB_X", "mlflow_x", "PATH", "Home", "LD_PRELOAD", "1A", "A-B", "A" * 129, "A%0AB"]
)
async def test_names_of_the_lab_and_odd_ones_are_refused(api: Api, name: str) -> None:
    assert await put(api, name, "x") == 422


@pytest.mark.parametrize("value", ["", "a\x00b", "x" * 65_537, "ä" * 50_001])
async def test_what_no_variable_can_hold_is_refused(api: Api, core: LabCore, value: str) -> None:
    answer = await api("bob").put(f"{SECRETS}/A", json={"value": value})
    assert answer.status_code == 422
    assert not value or value not in answer.text
    assert await core.secrets.values("alpha") == {}


async def test_a_project_has_a_bounded_number(api: Api, core: LabCore) -> None:
    many = [(f"alpha/N{n}", {"project": "alpha", "name": f"N{n}"}) for n in range(500)]
    await core.context.documents.put_many("secrets", many)
    assert await put(api, "ONE_MORE", "x") == 429
    assert await put(api, "N7", "x") == 200


async def test_the_key_is_private_and_survives_a_restart(tmp_path: Path) -> None:
    async with open_core(tmp_path) as core:
        api = Api(core, (await settle(core)).tokens)
        await put(api, "A", VALUE)
    key = tmp_path / "secrets" / "vault.key"
    assert key.stat().st_mode & 0o777 == 0o600
    async with open_core(tmp_path) as core:
        assert await core.secrets.values("alpha") == {"A": VALUE}
    key.unlink()
    async with open_core(tmp_path) as core:
        with pytest.raises(BackendFailed, match="Restore that file"):
            await core.secrets.values("alpha")


async def test_of_processes_that_make_the_key_at_once_all_use_the_first(tmp_path: Path) -> None:
    vaults = [Vault(tmp_path / "deep" / "key") for _ in range(8)]
    sealed = await asyncio.gather(*[vault.encrypt(VALUE) for vault in vaults])
    assert {await vaults[0].decrypt(text) for text in sealed} == {VALUE}
    assert [file.name for file in (tmp_path / "deep").iterdir()] == ["key"]


async def test_a_key_can_be_rotated(tmp_path: Path) -> None:
    old = await Vault(tmp_path / "key").encrypt(VALUE)
    await Vault(tmp_path / "other").encrypt("")
    both = (tmp_path / "other").read_text() + (tmp_path / "key").read_text()
    (tmp_path / "key").write_text(both)
    rotated = Vault(tmp_path / "key")
    assert await rotated.decrypt(old) == VALUE
    assert await Vault(tmp_path / "other").decrypt(await rotated.encrypt("new")) == "new"


async def test_a_broken_key_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("no key\n")
    with pytest.raises(BackendFailed, match="holds no valid key"):
        await Vault(tmp_path / "key").encrypt("x")


def test_the_client_manages_secrets(live: LiveLab) -> None:
    secrets = live.client("bob").project("alpha").secrets
    secrets.put("TOKEN", VALUE)
    assert [secret.name for secret in secrets.list()] == ["TOKEN"]
    assert live.call(live.core.secrets.values("alpha")) == {"TOKEN": VALUE}
    secrets.delete("TOKEN")
    assert list(secrets.list()) == []
