"""The certificate that nginx shows: the one of a given folder, else a self-signed one.

What is in the folder is looked at before nginx gets it: a copy in the run folder, so that
a renewal that is half written, or whose key belongs to another certificate, changes
nothing. nginx takes a new one by a reload, which cuts no connection.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import psutil
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from mllab.config import Settings
from mllab.errors import InvalidInput, LabError
from mllab.gateway.nginx.config import CERTIFICATE, KEY, GatewayConfig
from mllab.gateway.nginx.process import Nginx
from mllab.gateway.nginx.selfsigned import Pair, make, names_in
from mllab.model.base import now

log = logging.getLogger("mllab.gateway")

FILES = (
    ("fullchain.pem", "privkey.pem"),  # certbot's, whose cert.pem lacks the chain
    ("cert.pem", "key.pem"),
    ("tls.crt", "tls.key"),  # Kubernetes'
    ("cert.crt", "cert.key"),  # the original's
)
"""Names under which a folder may hold a certificate, with its chain, and its key."""

_RENEW_BEFORE = timedelta(days=30)
_WARN_BEFORE = timedelta(days=14)
_LOOK_EVERY_S = 30.0


@dataclass(frozen=True)
class Certificates:
    """Where a lab's certificate comes from.

    `given` is the folder of one's own. Without it `own` keeps a self-signed one for `names`,
    made anew before it ends and when a name has come.
    """

    own: Path
    names: tuple[str, ...] = ("localhost",)
    given: Path | None = None
    clock: Callable[[], datetime] = now

    @classmethod
    def from_settings(cls, settings: Settings, config: GatewayConfig) -> Certificates:
        """Read the settings, with what `config` has made of them."""
        wildcard = [f"*.{config.apps_domain}"] if config.apps_domain else []
        names = {"localhost", *config.names, *wildcard, *_addresses(settings)}
        return cls(settings.data_dir / "tls", tuple(sorted(names)), settings.ssl_root)

    def install(self, run_dir: Path) -> bool:
        """Give nginx the certificate as it is now; tell whether it differs from before.

        Raises:
            InvalidInput: the folder holds no certificate with its key; nginx keeps what it has.
        """
        pair = self._own() if self.given is None else read(self.given)
        target = run_dir / CERTIFICATE
        if target.exists() and Pair(target.read_bytes(), (run_dir / KEY).read_bytes()) == pair:
            return False
        _write(target.parent, pair)
        return True

    def warn(self, run_dir: Path) -> None:
        """Say in the log that the certificate is about to end, or has ended."""
        ends_at = _leaf((run_dir / CERTIFICATE).read_bytes()).not_valid_after_utc
        if ends_at < self.clock() + _WARN_BEFORE:
            where = self.given or self.own
            log.warning(
                "The certificate in %s ends at %s. Put a renewed one there; it is taken over "
                "without a restart.",
                where,
                ends_at.isoformat(),
            )

    def _own(self) -> Pair:
        try:
            pair = read(self.own)
            certificate = _leaf(pair.chain)
            is_fresh = certificate.not_valid_after_utc > self.clock() + _RENEW_BEFORE
            if is_fresh and set(self.names) <= names_in(certificate):
                return pair
        except InvalidInput as fault:
            log.debug("making a certificate: %s", fault.message)
        pair = make(self.names, self.clock())
        _write(self.own, pair)
        log.info("made a self-signed certificate for %s", ", ".join(self.names))
        return pair


def fingerprint(run_dir: Path) -> str:
    """Return the SHA-256 of the certificate in force, as browsers show it."""
    found = _leaf((run_dir / CERTIFICATE).read_bytes()).fingerprint(hashes.SHA256())
    return found.hex(":").upper()


async def follow(nginx: Nginx, certificates: Certificates, rest_s: float = _LOOK_EVERY_S) -> None:
    """Take over a renewed certificate, looking every `rest_s` seconds, for ever."""
    is_due, complaint, warned_on = False, "", date.min
    while True:
        try:
            is_due |= await asyncio.to_thread(certificates.install, nginx.run_dir)
            if is_due:
                await nginx.reload()
                log.info("nginx shows the renewed certificate")
            is_due, complaint = False, ""
        except (LabError, OSError) as fault:
            if str(fault) != complaint:
                log.warning("the certificate in force stays: %s", fault)
            complaint = str(fault)
        if (today := certificates.clock().date()) != warned_on:
            certificates.warn(nginx.run_dir)
            warned_on = today
        await asyncio.sleep(rest_s)


def read(folder: Path) -> Pair:
    """Return the certificate and key in a folder. Raises InvalidInput."""
    for names in FILES:
        chain, key = (folder / name for name in names)
        if chain.exists() or key.exists():
            return _checked(chain, key)
    known = "; ".join(" and ".join(names) for names in FILES)
    raise InvalidInput(f"LAB_SSL_ROOT: {folder} holds no certificate. Put there one of: {known}.")


def _checked(chain: Path, key: Path) -> Pair:
    try:
        pair = Pair(chain.read_bytes(), key.read_bytes())
    except OSError as exc:
        raise InvalidInput(f"LAB_SSL_ROOT: {exc.filename} cannot be read: {exc.strerror}.") from exc
    try:
        certificate = _leaf(pair.chain)
    except ValueError as exc:
        raise InvalidInput(f"LAB_SSL_ROOT: {chain} holds no certificate in PEM form.") from exc
    try:
        public = load_pem_private_key(pair.key, None).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm) as exc:
        raise InvalidInput(
            f"LAB_SSL_ROOT: {key} holds no private key in PEM form without a passphrase."
        ) from exc
    if public != certificate.public_key():
        raise InvalidInput(
            f"LAB_SSL_ROOT: the key in {key} is not the one of the first certificate in {chain}. "
            "The lab's own certificate comes first, its chain after it."
        )
    return pair


def _leaf(pem: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificates(pem)[0]


def _write(folder: Path, pair: Pair) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, content, mode in (("key.pem", pair.key, 0o600), ("cert.pem", pair.chain, 0o644)):
        draft = folder / f"{name}.new"
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        draft.replace(folder / name)


def _addresses(settings: Settings) -> Iterator[str]:
    """Yield the IP addresses by which the lab is reached, as far as can be known."""
    yield from ("127.0.0.1", "::1")
    public = settings.public_url.host or "" if settings.public_url else ""
    given = [name.strip().strip("[]") for name in (*settings.hosts.split(","), public)]
    for name in [settings.host, *given]:
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            continue
        if not address.is_unspecified:
            yield str(address)
        else:
            yield from _of_this_machine()


def _of_this_machine() -> Iterator[str]:
    """Yield this machine's IPv4 addresses; those of IPv6 change too often."""
    for addresses in psutil.net_if_addrs().values():
        yield from (a.address for a in addresses if a.family is socket.AF_INET)
