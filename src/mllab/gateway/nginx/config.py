"""Renders nginx's configuration. Pure but for the two files that it copies.

Everything that stands in the file comes from here: settings that were checked, and the
expressions of `routing.py`. Nothing that a user of the lab can choose is ever rendered.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import re
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from mllab.config import Settings
from mllab.core.cookies import prefix
from mllab.errors import InvalidInput
from mllab.gateway import routing
from mllab.gateway.faults import FAULTS
from mllab.model.accounts import APP_COOKIE, SESSION_COOKIE, SETUP_COOKIE

DECISION_S = 2
"""How long nginx keeps a permission (seconds). A revoked one works at most that long."""

COOKIES = (SESSION_COOKIE, SETUP_COOKIE, APP_COOKIE)
"""Names of the lab's own cookies: no workload ever gets or sets one."""

CERTIFICATE, KEY = "tls/cert.pem", "tls/key.pem"
"""Where in its run folder nginx finds what it shows to clients of TLS."""

_LOOPBACK = "127.0.0.1"
_HOST_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*")


@dataclass(frozen=True)
class GatewayConfig:
    """What a lab's settings mean to nginx.

    `names` are the host names it answers to beside `localhost` and IP addresses.
    `base` is the path below which the whole lab is, empty for none.
    `binary` None takes the packaged nginx. `port` 0 takes a free one at each start.
    `apps_domain` is the domain of workloads' own hosts, empty for none; `lab_origin` is where
    the lab itself is, seen from there, empty for the lab's first name.
    `files` is the folder of stored files that nginx sends for the API, None for no folder.
    `connections` is how many requests and WebSockets one credential, or without one an
    address, has open at most; 0 sets no limit. Seconds of patience: `head_s` for all of a
    request's head, `body_s` between two parts of its body, `send_s` between two parts of an
    answer that the client takes, `upstream_s` between two that a workload sends.
    `tls` has nginx speak TLS with the certificate in the run folder (`certificates.py`);
    `hsts` tells browsers to insist on it. Of clients the networks `proxies` are believed
    about whom they speak for: in PROXY headers if `proxy_protocol`, else in X-Forwarded-*.
    `upstreams` are addresses of workloads to which connections are kept (`upstreams.py`).
    `limit_window_s` is the time that a service key's limit is about (seconds); tests shorten it.
    """

    host: str = "127.0.0.1"
    port: int = 0
    base: str = ""
    names: tuple[str, ...] = ()
    apps_domain: str = ""
    lab_origin: str = ""
    binary: Path | None = None
    workers: int = 2
    files: Path | None = None
    connections: int = 0
    head_s: int = 20
    body_s: int = 60
    send_s: int = 60
    upstream_s: int = 3600
    upstreams: tuple[str, ...] = ()
    limit_window_s: float = 60.0
    tls: bool = False
    hsts: bool = False
    proxies: tuple[str, ...] = ()
    proxy_protocol: bool = False
    door: str = _LOOPBACK
    """Address of the door of workloads; `door_host` is the name by which they know it."""
    door_host: str = _LOOPBACK

    @property
    def has_inner(self) -> bool:
        """Whether workloads need a door of their own: plain HTTP, not from everywhere.

        They would have to trust the lab's certificate and to speak PROXY otherwise, and
        those in containers do not reach the loopback address.
        """
        return self.tls or self.proxy_protocol or self.door != _LOOPBACK

    def with_door(self, listen: str, host: str) -> GatewayConfig:
        """Return the same with another door for workloads."""
        names = self.names if host == _LOOPBACK else (*self.names, host)
        return replace(self, door=listen, door_host=host, names=names)

    @property
    def may_be_https(self) -> bool:
        """Whether a browser may have come by https, here or as a proxy says."""
        return self.tls or bool(self.proxies)

    @classmethod
    def from_settings(cls, settings: Settings, files: Path | None = None) -> GatewayConfig:
        """Read the settings. Raises InvalidInput for a host name that is none."""
        names = _host_names(settings)
        return cls(
            host=settings.host,
            port=settings.port,
            base=_base(settings),
            names=names,
            apps_domain=_apps_domain(settings, names),
            lab_origin=_origin(settings),
            binary=settings.nginx,
            workers=max(1, min(8, _cpus())),
            files=files,
            connections=settings.max_connections,
            upstream_s=settings.upstream_timeout_s,
            tls=uses_tls(settings),
            hsts=uses_tls(settings) and settings.ssl_root is not None,
            proxies=_proxies(settings),
            proxy_protocol=settings.proxy_protocol,
        )


def uses_tls(settings: Settings) -> bool:
    """Tell whether nginx speaks TLS: a folder of certificates alone says so too."""
    if settings.ssl_enabled is None:
        return settings.ssl_root is not None
    return settings.ssl_enabled


def _proxies(settings: Settings) -> tuple[str, ...]:
    networks = []
    for given in filter(None, map(str.strip, settings.trusted_proxies.split(","))):
        try:
            network = ipaddress.ip_network(given, strict=False)
        except ValueError as exc:
            raise InvalidInput(
                f"LAB_TRUSTED_PROXIES: {given!r} is no network. Write it like 10.0.0.0/8."
            ) from exc
        if network.prefixlen == 0:
            raise InvalidInput(
                f"LAB_TRUSTED_PROXIES: {given} is everybody, so that each client could lie "
                "about its address. Name the proxies' own networks."
            )
        _refuse_workloads(network, settings)
        networks.append(str(network))
    if settings.proxy_protocol and not networks:
        raise InvalidInput(
            "LAB_PROXY_PROTOCOL needs LAB_TRUSTED_PROXIES: the networks of the balancers "
            "whose PROXY headers are believed."
        )
    return tuple(networks)


def _refuse_workloads(
    proxies: ipaddress.IPv4Network | ipaddress.IPv6Network, settings: Settings
) -> None:
    """Raise InvalidInput for proxies among which containers would be."""
    pool = settings.network_pool
    if settings.runtime == "docker" and proxies.version == pool.version and proxies.overlaps(pool):
        raise InvalidInput(
            f"LAB_TRUSTED_PROXIES: {proxies} overlaps the networks of workloads "
            f"(LAB_NETWORK_POOL, {pool}), whose programs could then lie about their address. "
            "Name the proxies' own networks, or give the lab another pool."
        )


def _cpus() -> int:
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _host_names(settings: Settings) -> tuple[str, ...]:
    given = [name.strip().lower().rstrip(".") for name in settings.hosts.split(",")]
    if settings.public_url and settings.public_url.host:
        given.append(settings.public_url.host.lower())
    names = {name for name in given if name and not _is_address(name)}
    for name in names:
        if not _HOST_NAME.fullmatch(name):
            raise InvalidInput(f"LAB_HOSTS: {name!r} is not a host name.")
    return tuple(sorted(names - {"localhost"}))


def _apps_domain(settings: Settings, names: tuple[str, ...]) -> str:
    domain = settings.apps_domain.strip().lower().strip(".")
    if domain and (_is_address(domain) or not _HOST_NAME.fullmatch(domain)):
        raise InvalidInput(f"LAB_APPS_DOMAIN: {domain!r} is not a domain's name.")
    for name in names:
        if domain and name.partition(".")[2] == domain:
            raise InvalidInput(
                f"LAB_APPS_DOMAIN: the lab's own name {name!r} would be a workload's. "
                "Choose a domain below which the lab itself has no name."
            )
    return domain


def _base(settings: Settings) -> str:
    url = settings.public_url
    path = (url.path or "").rstrip("/") if url else settings.base_url
    if path != settings.base_url:
        raise InvalidInput(
            f"LAB_PUBLIC_URL ends in {path!r}, but LAB_BASE_URL is {settings.base_url!r}: "
            "both name the path below which people find the lab."
        )
    return path


def _origin(settings: Settings) -> str:
    url = settings.public_url
    if url is None or not url.host or settings.apps_domain == "localhost":
        return ""
    standard = url.port in {None, {"http": 80, "https": 443}[url.scheme]}
    return f"{url.scheme}://{url.host}" + ("" if standard else f":{url.port}")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Machine:
    """What this machine and this start add: where nginx listens, and as whom it runs.

    `user` is None but for root: nginx would otherwise become `nobody`, who cannot open
    the lab's private sockets. `inner` is the door of workloads, if they need one.
    """

    listen: tuple[str, ...]
    inner: tuple[str, ...]
    user: str | None
    connections: int


def render(config: GatewayConfig, machine: Machine) -> str:
    """Return nginx's configuration; its paths are relative to the run folder."""
    environment = Environment(
        loader=PackageLoader("mllab.gateway", "nginx"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - nginx's language; nothing from outside is rendered
    )
    return environment.get_template("nginx.conf.j2").render(
        config=config,
        base=re.escape(config.base),
        machine=machine,
        routing=routing,
        cookies=f"(?:__(?:Host|Secure)-)?(?:{'|'.join(COOKIES)})",
        cookie_prefix=prefix(config.base),
        certificate=CERTIFICATE,
        key=KEY,
        decision_s=DECISION_S,
        faults=FAULTS,
        style=style_url(),
        lab_name=_lab_name(config),
    )


def _lab_name(config: GatewayConfig) -> str:
    """Return the host name by which the lab itself is found from a workload's own host."""
    return "localhost" if config.apps_domain == "localhost" else (*config.names, "localhost")[0]


def style_url() -> str:
    """Return the style sheet's address; it changes with its content."""
    return static_url("lab.css")


def static_url(name: str) -> str:
    """Return the address of a file in `static/`; it changes with the file's content."""
    content = resources.files("mllab.gateway").joinpath("static", name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"
