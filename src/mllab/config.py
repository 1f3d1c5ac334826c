"""Settings: flag > environment > file > default, all faults reported at once.

Loaded once by the command line or `server.py`, frozen, and handed down: no module keeps
settings of its own. Where the original ML Lab had a setting, its name is kept. Secrets
may also come from a file named by `<NAME>_FILE`.
"""

from __future__ import annotations

import os
import re
import tomllib
from ipaddress import IPv4Network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AliasChoices,
    AnyHttpUrl,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from mllab import __version__
from mllab.errors import InvalidInput
from mllab.model.administration import SettingEntry, Source

_SECRETS = ("admin_password",)


def _names(*names: str) -> AliasChoices:
    return AliasChoices(*names)


_BASE = re.compile(r"(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,62}){1,8}")


def _base(text: str) -> str:
    if text in {"", "/"}:
        return ""
    if not _BASE.fullmatch(text):
        raise ValueError(
            "write it like /ml/lab: a slash before each part, none at the end, parts of letters, "
            "digits, '.', '_' and '-' that begin with a letter or digit"
        )
    return text


class Settings(BaseSettings):
    """Every setting of a lab; the docstring under a field says unit, None and why."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, use_attribute_docstrings=True
    )

    data_dir: Path = Field(default=Path("data"), validation_alias=_names("LAB_DATA_ROOT"))
    """Folder that holds everything the lab keeps. One lab at a time works on it."""

    host: str = Field(default="127.0.0.1", validation_alias=_names("LAB_HOST"))
    """Address on which nginx listens; `0.0.0.0` opens it to the network."""

    port: int = Field(default=8080, ge=0, le=65_535, validation_alias=_names("LAB_PORT"))
    """TCP port on which nginx listens; 0 takes a free one."""

    hosts: str = Field(default="", validation_alias=_names("LAB_HOSTS"))
    """Host names beside `localhost` and IP addresses that the lab answers to, by commas."""

    apps_domain: str = Field(default="localhost", validation_alias=_names("LAB_APPS_DOMAIN"))
    """Domain below which each workload has a host of its own in a browser; all names below
    it must lead to the lab. `localhost` serves those who reach the lab as localhost; empty
    means none, then a browser opens only its user's own workloads."""

    public_url: AnyHttpUrl | None = Field(default=None, validation_alias=_names("LAB_PUBLIC_URL"))
    """Address that people use; None means http://localhost:<port>. Its path is `base_url`'s."""

    base_url: Annotated[str, AfterValidator(_base)] = Field(
        default="", validation_alias=_names("LAB_BASE_URL")
    )
    """Path below which everything of the lab is, such as `/ml/lab`; empty or `/`: none."""

    ssl_enabled: bool | None = Field(
        default=None, validation_alias=_names("SERVICE_SSL_ENABLED", "LAB_SSL_ENABLED")
    )
    """Whether nginx speaks TLS on its port; None means: when `ssl_root` is given."""

    ssl_root: Path | None = Field(default=None, validation_alias=_names("LAB_SSL_ROOT"))
    """Folder of the certificate (its chain in the same file) and its key; None makes a
    self-signed one in the data folder. A renewed one is taken over without a restart."""

    trusted_proxies: str = Field(default="", validation_alias=_names("LAB_TRUSTED_PROXIES"))
    """Networks of the proxies before the lab, by commas: what these say about a client's
    address and scheme counts. Empty: nobody's word counts."""

    proxy_protocol: bool = Field(default=False, validation_alias=_names("LAB_PROXY_PROTOCOL"))
    """Whether each connection begins with a PROXY header, as balancers of TCP send it; it
    then takes the place of `X-Forwarded-For` and `X-Forwarded-Proto`."""

    namespace: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,15}$")] = Field(
        default="lab", validation_alias=_names("LAB_NAMESPACE")
    )
    """First part of the name of everything that a runtime creates."""

    debug: bool = Field(default=False, validation_alias=_names("LAB_DEBUG"))
    """Log more; never changes what a caller sees."""

    runtime: Literal["process", "docker"] = Field(
        default="process", validation_alias=_names("SERVICES_RUNTIME", "LAB_RUNTIME")
    )
    """What workloads run on: `process` or `docker`."""

    docker_host: str = Field(
        default="unix:///var/run/docker.sock", validation_alias=_names("DOCKER_HOST")
    )
    """Where the Docker Engine listens: `unix:///path` or `tcp://host:port`."""

    container: str | None = Field(default=None, validation_alias=_names("LAB_CONTAINER"))
    """Name or id of the container that the lab itself runs in; None for a lab on the host."""

    workspace_image: str = Field(
        default=f"mllab/workspace:{__version__}", validation_alias=_names("WORKSPACE_IMAGE")
    )
    """Image of workspaces, and of jobs and services that name none."""

    model_image: str = Field(
        default=f"mllab/model-server:{__version__}", validation_alias=_names("MODEL_SERVICE_IMAGE")
    )
    """Image of services that serve a registered model."""

    allowed_images: str = Field(default="", validation_alias=_names("LAB_ALLOWED_IMAGES"))
    """Patterns of the images that may run (`mllab/*, python:3.*`), by commas; the lab's own
    two always may. Empty: any image."""

    pull_policy: Literal["missing", "always", "never"] = Field(
        default="missing", validation_alias=_names("LAB_PULL_POLICY")
    )
    """When an image is pulled: if it is `missing`, `always` before a start, or `never`."""

    registry_auth_file: Path | None = Field(
        default=None, validation_alias=_names("LAB_REGISTRY_AUTH_FILE")
    )
    """File with the lab's sign-ins to registries, in the form of Docker's config.json (`auths`);
    read for each pull. None: images are pulled without a sign-in."""

    ca_file: Path | None = Field(default=None, validation_alias=_names("LAB_CA_FILE"))
    """Certificates (PEM) that programs in containers trust, in place of their image's own: for
    a network whose proxy speaks TLS by a certificate of its own. None leaves the image's."""

    network_pool: IPv4Network = Field(
        default=IPv4Network("10.176.0.0/12"), validation_alias=_names("LAB_NETWORK_POOL")
    )
    """Private range from which each project and each workspace gets a network of its own. The
    default holds 4,096; what the machine routes or Docker uses already is left out."""

    network_prefix: int = Field(
        default=24, ge=16, le=29, validation_alias=_names("LAB_NETWORK_PREFIX")
    )
    """Size of one such network in bits: 24 holds 253 containers, 28 holds 13."""

    metadata: str = Field(default="", validation_alias=_names("LAB_METADATA"))
    """`sqlite:///path`; empty means `metadata.sqlite` in the data folder."""

    files: str = Field(default="", validation_alias=_names("LAB_FILES"))
    """`file:///folder`; empty means `files` in the data folder."""

    admin_password: SecretStr | None = Field(
        default=None, min_length=8, validation_alias=_names("LAB_ADMIN_PASSWORD")
    )
    """Password of user `admin` for unattended installs; None prints a one-time URL instead."""

    allow_self_registrations: bool = Field(
        default=False, validation_alias=_names("ALLOW_SELF_REGISTRATIONS")
    )
    """Whether visitors may create an account for themselves."""

    nginx: Path | None = Field(default=None, validation_alias=_names("LAB_NGINX"))
    """Another nginx binary; None takes the packaged one. Its modules are checked at start."""

    environments_dir: Path | None = Field(
        default=None, validation_alias=_names("LAB_ENVIRONMENTS_ROOT")
    )
    """Folder of cached Python environments; None means `environments` in the data folder.
    May be shared by several labs of one user: entries are named by their content."""

    prewarm: bool = Field(default=True, validation_alias=_names("LAB_PREWARM"))
    """Build the workspace's environment in the background after the start, so that the
    first visit need not wait for it."""

    memory_limit_mib: int | None = Field(
        default=None, ge=16, validation_alias=_names("SERVICES_MEMORY_LIMIT")
    )
    """Memory of a workload that asks for none (MiB); None gives it the largest."""

    cpu_limit: float | None = Field(
        default=None, gt=0, validation_alias=_names("SERVICES_CPU_LIMIT")
    )
    """CPU cores of a workload that asks for none; None gives it the most."""

    max_memory_mib: int | None = Field(
        default=None, ge=16, validation_alias=_names("LAB_MAX_MEMORY_MIB")
    )
    """Largest memory that a workload may ask for (MiB); None sets no limit."""

    max_cpu_cores: float | None = Field(
        default=None, gt=0, validation_alias=_names("LAB_MAX_CPU_CORES")
    )
    """Most CPU cores that a workload may ask for; None sets no limit."""

    max_container_gib: float | None = Field(
        default=None, gt=0, validation_alias=_names("MAX_CONTAINER_SIZE")
    )
    """How much a workload may write beside its volumes (GiB), into its container or working
    folder; one that wrote more is ended. None sets no limit."""

    max_upload_bytes: int = Field(
        default=1 << 40, ge=1, validation_alias=_names("LAB_MAX_UPLOAD_BYTES")
    )
    """Largest dataset or model version (bytes); 1 TiB by default."""

    upload_expires_hours: int = Field(
        default=24 * 7, ge=1, le=24 * 365, validation_alias=_names("LAB_UPLOAD_EXPIRES_HOURS")
    )
    """How long an unfinished resumable upload is kept after its last byte (hours)."""

    max_connections: int = Field(
        default=1000, ge=0, le=100_000, validation_alias=_names("LAB_MAX_CONNECTIONS")
    )
    """Requests and WebSockets that one credential, or without one an address, has open at
    once; 0 sets no limit."""

    upstream_timeout_s: int = Field(
        default=3600, ge=1, le=86_400, validation_alias=_names("LAB_UPSTREAM_TIMEOUT")
    )
    """How long the gateway waits for a workload's next byte (seconds); a long poll or an idle
    WebSocket ends after it."""

    session_hours: int = Field(default=24 * 14, ge=1, validation_alias=_names("LAB_SESSION_HOURS"))
    """How long a browser stays signed in (hours)."""

    idle_stop_minutes: int | None = Field(
        default=None, ge=5, validation_alias=_names("LAB_IDLE_STOP_MINUTES")
    )
    """After how long without use a workspace ends (minutes); None never. Whoever comes back
    waits for its start, and what its programs held in memory is gone."""

    lease_s: float = Field(default=10.0, ge=1, le=600, validation_alias=_names("LAB_LEASE_SECONDS"))
    """How long control owns its work without renewing (seconds, 1 to 600): a successor
    waits this long after a crash. Renewed at a third of it."""

    @model_validator(mode="after")
    def _defaults_fit(self) -> Settings:
        pairs = (("memory_limit_mib", "max_memory_mib"), ("cpu_limit", "max_cpu_cores"))
        for default, most in pairs:
            wanted, allowed = getattr(self, default), getattr(self, most)
            if wanted is not None and allowed is not None and wanted > allowed:
                names = _public_names(default)[0], _public_names(most)[0]
                raise ValueError(f"{names[0]} ({wanted}) is more than {names[1]} ({allowed})")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take arguments and environment only; `load_settings` adds the file."""
        return init_settings, env_settings

    @property
    def image_patterns(self) -> list[str]:
        """Return the patterns of `allowed_images` one by one; none: any image."""
        return [each.strip() for each in self.allowed_images.split(",") if each.strip()]

    @property
    def environments(self) -> Path:
        """Folder of cached Python environments."""
        return self.environments_dir or self.data_dir / "environments"

    @property
    def run_dir(self) -> Path:
        """Folder of sockets, pid files and nginx's own files."""
        return self.data_dir / "run"

    @property
    def workloads_dir(self) -> Path:
        """Folder in which the process runtime keeps its workloads."""
        return self.data_dir / "workloads"


def load_settings(config_file: Path | None = None, **flags: Any) -> Settings:
    """Load all settings; `flags` with value None count as not given.

    Raises:
        InvalidInput: one message that lists every fault, by the setting's public name.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        from_file = tomllib.loads(config_file.read_text()) if config_file else {}
    except (OSError, tomllib.TOMLDecodeError) as exc:
        raise InvalidInput(f"The settings file {config_file} cannot be read: {exc}") from exc
    given = _secrets_from_files() | given
    from_file = {k: v for k, v in from_file.items() if not _in_environment(k)}
    try:
        settings = Settings(**(from_file | given))
    except ValidationError as exc:
        faults = "; ".join(_fault(e["loc"], e["msg"], e["input"]) for e in exc.errors())
        raise InvalidInput(
            f"These settings are wrong: {faults}. Correct each where it is set (a flag, the "
            "environment or the settings file), or unset it for its default; docs/settings.md "
            "says what it takes."
        ) from exc
    return settings.model_copy(update={"data_dir": settings.data_dir.expanduser().resolve()})


def _fault(place: tuple[int | str, ...], message: str, given: object) -> str:
    if not place:  # of several settings together
        return message.removeprefix("Value error, ")
    field = str(place[0])
    value = "" if field in _SECRETS else f" (it is {given!r})"
    return f"{_public_names(field)[0]}: {message}{value}"


def settings_in_force(settings: Settings) -> list[SettingEntry]:
    """Return every setting as it stands; of a secret only whether it is set."""
    found = []
    for field, info in Settings.model_fields.items():
        value = getattr(settings, field)
        is_default = field not in settings.model_fields_set or value == info.get_default()
        source = Source.ENVIRONMENT if _in_environment(field) else Source.GIVEN
        found.append(
            SettingEntry(
                name=_public_names(field)[0],
                value=_shown(value),
                source=Source.DEFAULT if is_default else source,
                description=" ".join((info.description or "").split()),
            )
        )
    return found


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "set"
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _public_names(field: str) -> list[str]:
    info = Settings.model_fields.get(field)
    alias = info.validation_alias if info else None
    return [str(name) for name in alias.choices] if isinstance(alias, AliasChoices) else [field]


def _in_environment(field: str) -> bool:
    return any(name in os.environ for name in _public_names(field))


def _secrets_from_files() -> dict[str, str]:
    found: dict[str, str] = {}
    for field in _SECRETS:
        name = _public_names(field)[0]
        path = os.environ.get(f"{name}_FILE")
        if path and name not in os.environ:
            try:
                found[field] = Path(path).read_text().strip()
            except OSError as exc:
                raise InvalidInput(f"{name}_FILE names {path}, which cannot be read.") from exc
    return found
