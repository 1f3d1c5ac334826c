"""Certificates: made when none is given, checked when one is, and renewed without a cut."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from gateway_room import Room, open_room, until, until_async
from pydantic import AnyHttpUrl
from tls_room import serve_echo

from mllab.config import Settings
from mllab.errors import InvalidInput
from mllab.gateway.nginx.certificates import FILES, Certificates, fingerprint, follow, read
from mllab.gateway.nginx.config import GatewayConfig
from mllab.gateway.nginx.selfsigned import LIFE, Pair, make, names_in
from mllab.model.base import now


def put(folder: Path, pair: Pair, names: tuple[str, str] = ("cert.pem", "key.pem")) -> Path:
    """Write a certificate and its key into `folder`."""
    folder.mkdir(exist_ok=True)
    (folder / names[0]).write_bytes(pair.chain)
    (folder / names[1]).write_bytes(pair.key)
    return folder


def in_force(run_dir: Path) -> x509.Certificate:
    """Return what nginx shows."""
    return x509.load_pem_x509_certificate((run_dir / "tls" / "cert.pem").read_bytes())


# --- Of its own making -------------------------------------------------------------------


def own(folder: Path, *names: str, at: datetime | None = None) -> Certificates:
    """Return a source of self-signed certificates, as of `at`."""
    return Certificates(folder / "own", names or ("localhost",), clock=lambda: at or now())


def test_it_is_made_once(tmp_path: Path) -> None:
    assert own(tmp_path).install(tmp_path)
    assert not own(tmp_path).install(tmp_path)


def test_its_key_is_private(tmp_path: Path) -> None:
    own(tmp_path).install(tmp_path)
    for folder in ("own", "tls"):
        assert (tmp_path / folder).stat().st_mode & 0o777 == 0o700
        assert (tmp_path / folder / "key.pem").stat().st_mode & 0o777 == 0o600


def test_it_vouches_for_no_other_certificate(tmp_path: Path) -> None:
    own(tmp_path).install(tmp_path)
    found = in_force(tmp_path).extensions.get_extension_for_class(x509.BasicConstraints)
    assert found.critical
    assert not found.value.ca


def test_a_new_name_makes_it_anew_and_a_name_less_does_not(tmp_path: Path) -> None:
    own(tmp_path, "localhost", "lab.test").install(tmp_path)
    assert not own(tmp_path, "lab.test").install(tmp_path)
    assert own(tmp_path, "lab.test", "new.test").install(tmp_path)
    assert names_in(in_force(tmp_path)) == {"lab.test", "new.test"}


def test_it_is_made_anew_before_it_ends(tmp_path: Path) -> None:
    own(tmp_path).install(tmp_path)
    assert not own(tmp_path, at=now() + LIFE - timedelta(days=31)).install(tmp_path)
    assert own(tmp_path, at=now() + LIFE - timedelta(days=29)).install(tmp_path)


@pytest.mark.parametrize("name", ["cert.pem", "key.pem"])
def test_what_is_left_of_a_broken_one_is_replaced(tmp_path: Path, name: str) -> None:
    own(tmp_path).install(tmp_path)
    (tmp_path / "own" / name).write_text("half")
    assert own(tmp_path).install(tmp_path)


def test_it_is_for_all_names_of_the_lab(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        host="192.0.2.1",
        hosts="lab.test, 192.0.2.2",
        apps_domain="apps.test",
        public_url=AnyHttpUrl("https://[2001:db8::1]:8443"),
    )
    names = Certificates.from_settings(settings, GatewayConfig.from_settings(settings)).names
    assert set(names) == {
        "*.apps.test", "127.0.0.1", "192.0.2.1", "192.0.2.2", "2001:db8::1", "::1",
        "lab.test", "localhost",
    }  # fmt: skip


def test_on_all_addresses_it_is_for_each_of_them(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, host="0.0.0.0")  # noqa: S104 - not listened on
    names = Certificates.from_settings(settings, GatewayConfig.from_settings(settings)).names
    assert "0.0.0.0" not in names  # noqa: S104
    own(tmp_path, *names).install(tmp_path)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "lab.test", "x.apps.test"])
async def test_a_client_that_trusts_it_connects_by_each_name(tls: Room, host: str) -> None:
    assert await handshake(tls, host)


async def handshake(room: Room, host: str) -> bytes | None:
    """Connect as a client that trusts the lab's certificate; return what nginx shows."""
    context = room.trust
    context.verify_flags |= ssl.VERIFY_X509_STRICT  # Python's default from 3.13 on
    connection = socket.create_connection(("127.0.0.1", room.nginx.port))
    _, writer = await asyncio.open_connection(sock=connection, ssl=context, server_hostname=host)
    shown: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return shown


@pytest.fixture
async def tls() -> AsyncIterator[Room]:
    """A gateway that speaks TLS."""
    async with open_room(tls=True) as room:
        yield room


# --- Given ---------------------------------------------------------------------------------


@pytest.mark.parametrize("names", FILES)
def test_a_folder_s_files_are_found(tmp_path: Path, names: tuple[str, str]) -> None:
    pair = make(["lab.test"], now())
    assert read(put(tmp_path / "given", pair, names)) == pair


def test_certbot_s_chain_is_taken_and_not_the_certificate_alone(tmp_path: Path) -> None:
    first, second = make(["lab.test"], now()), make(["authority.test"], now())
    folder = put(tmp_path, Pair(first.chain + second.chain, first.key), FILES[0])
    (folder / "cert.pem").write_bytes(first.chain)
    assert read(folder).chain == first.chain + second.chain


def other(pair: Pair) -> Pair:
    """Return the certificate with another one's key."""
    return Pair(pair.chain, make(["lab.test"], now()).key)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (other, "is not the one of the first certificate"),
        (lambda pair: Pair(b"half", pair.key), "cert.pem holds no certificate"),
        (lambda pair: Pair(pair.chain, b"half"), "key.pem holds no private key"),
    ],
)
def test_what_nginx_could_not_use_is_refused(
    tmp_path: Path, change: object, complaint: str
) -> None:
    assert callable(change)
    put(tmp_path, change(make(["lab.test"], now())))
    with pytest.raises(InvalidInput, match=complaint):
        read(tmp_path)


def test_an_empty_folder_is_refused_with_the_names_that_count(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"fullchain.pem and privkey.pem; cert.pem and key.pem"):
        read(tmp_path)


def test_a_certificate_without_its_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tls.crt").write_bytes(make(["lab.test"], now()).chain)
    with pytest.raises(InvalidInput, match=r"tls\.key cannot be read"):
        read(tmp_path)


def test_a_folder_alone_turns_tls_on_unless_it_is_turned_off(tmp_path: Path) -> None:
    assert GatewayConfig.from_settings(Settings(ssl_root=tmp_path)).tls
    assert not GatewayConfig.from_settings(Settings(ssl_root=tmp_path, ssl_enabled=False)).tls
    assert not GatewayConfig.from_settings(Settings()).tls


@pytest.mark.parametrize(("given", "insists"), [(True, True), (False, False)])
def test_only_with_a_given_one_browsers_are_told_to_insist(
    tmp_path: Path, given: bool, insists: bool
) -> None:
    settings = Settings(ssl_enabled=True, ssl_root=tmp_path if given else None)
    assert GatewayConfig.from_settings(settings).hsts is insists


def test_one_that_is_about_to_end_is_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    given = put(tmp_path / "given", make(["lab.test"], now() - LIFE + timedelta(days=13)))
    certificates = Certificates(tmp_path / "own", given=given)
    certificates.install(tmp_path)
    certificates.warn(tmp_path)
    assert f"The certificate in {given} ends at" in caplog.text


# --- Renewed -------------------------------------------------------------------------------


@pytest.fixture
async def given(tls: Room, tmp_path: Path) -> AsyncIterator[Path]:
    """A folder that the gateway looks at all the time; a certificate of it is in force."""
    folder = put(tmp_path / "given", make(["localhost"], now()))
    certificates = Certificates(tmp_path / "own", given=folder)
    following = asyncio.create_task(follow(tls.nginx, certificates, rest_s=0.02))
    await until_async(lambda: is_shown(tls, folder))
    yield folder
    following.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await following


async def is_shown(room: Room, folder: Path) -> bool:
    """Tell whether clients see the folder's certificate and believe it."""
    with contextlib.suppress(ssl.SSLError):
        wanted = ssl.PEM_cert_to_DER_cert((folder / "cert.pem").read_text())
        return await handshake(room, "localhost") == wanted
    return False


async def test_a_renewed_one_is_shown_and_no_connection_is_cut(tls: Room, given: Path) -> None:
    async with await serve_echo(tls) as socket:
        put(given, make(["localhost"], now()))
        await until_async(lambda: is_shown(tls, given))
        await socket.send("still here")
        assert await socket.recv() == "still here"


async def test_half_a_renewal_changes_nothing_and_is_told_once(
    tls: Room, given: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before, renewed = fingerprint(tls.run_dir), make(["localhost"], now())
    (given / "cert.pem").write_bytes(renewed.chain)
    await until(lambda: "the certificate in force stays" in caplog.text)
    assert fingerprint(tls.run_dir) == before
    (given / "key.pem").write_bytes(renewed.key)
    await until_async(lambda: is_shown(tls, given))
    assert caplog.text.count("the certificate in force stays") == 1
