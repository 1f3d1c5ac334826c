"""Refuses at submission what could never run: requirements, git URLs, variables, code.

Requirements follow PEP 508 (and bare `git+…` URLs), git URLs pip's VCS form. What begins
with a dash or points into the lab's own machine is refused: it would be an option or a
path to the tools that read it later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import SplitResult, parse_qsl, urlsplit

from packaging.requirements import InvalidRequirement, Requirement

from mllab.core.code import Code
from mllab.core.files import VersionedFiles
from mllab.errors import InvalidInput
from mllab.model.accounts import Principal
from mllab.model.files import FileKind, FileRef
from mllab.model.work import JobSpec, ServiceSpec
from mllab.model.workloads import CodeSource, DatasetCode, GitCode, UploadedCode

_GIT_SCHEMES = {"git+https", "git+http", "git+ssh", "git+git", "git+file"}
_URL_SCHEMES = {"https", "http"} | _GIT_SCHEMES
_FRAGMENTS = {"subdirectory", "egg"}
_STRANGE = re.compile(r"[\x00-\x20\x7f]")
_MOST_BYTES = 100_000  # Linux takes 131 072 for one variable with its name
_MOST_IN_ALL = 1_000_000  # and 2 MB for all variables and arguments together
_FROM_SECRET = re.compile(r"\$\{[A-Z0-9_]+\}")
_GIT_FORM = "git+https://host/path.git@revision#subdirectory=path"


class Checks:
    """Checks what jobs and services name; asks the stores whether code exists."""

    def __init__(self, code: Code, files: VersionedFiles) -> None:
        self._code = code
        self._files = files

    async def check(self, who: Principal, project: str, spec: JobSpec | ServiceSpec) -> None:
        """Return if all that `spec` names can be.

        Raises:
            InvalidInput: a requirement, URL or variable that can never do.
            NotFound: code that is not there.
        """
        if "\x00" in (spec.command or ""):
            raise InvalidInput("The command holds a NUL character; remove it.")
        if isinstance(spec, ServiceSpec):
            check_service(spec)
        check_requirements(spec.requirements)
        check_environment(spec.environment)
        await self._check_code(who, project, spec.code)

    async def _check_code(self, who: Principal, project: str, code: CodeSource | None) -> None:
        if isinstance(code, UploadedCode):
            await self._code.open(who, project, code.id)
        elif isinstance(code, DatasetCode):
            ref = FileRef(project=project, kind=FileKind.DATASET, key=code.key)
            await self._files.version(who, ref, code.version)
        elif isinstance(code, GitCode):
            check_git_url(code.url)


def check_service(spec: ServiceSpec) -> None:
    """Refuse a service that is neither a command nor a model, or both."""
    if (spec.command is None) == (spec.model is None):
        raise InvalidInput("A service has either a `command` or a `model`; give one of them.")
    if spec.model and spec.model.version is not None and spec.model.alias is not None:
        raise InvalidInput("A model is named by `version` or by `alias`; give one of them.")
    if len(set(spec.ports)) < len(spec.ports):
        raise InvalidInput("A port is declared twice; name each once.")


def check_requirements(requirements: Iterable[str]) -> None:
    """Refuse a requirement that is not PEP 508 or names a file of the lab's machine."""
    for text in requirements:
        if text.strip().startswith("git+"):
            _check_requirement_url(text, text.strip())
            continue
        try:
            parsed = Requirement(text)
        except InvalidRequirement as exc:
            why = str(exc).splitlines()[0]
            raise InvalidInput(
                f"The requirement {text[:200]!r} cannot be read: {why}. "
                "Write it like 'pandas>=2' or 'name @ https://host/file.whl'."
            ) from exc
        if parsed.url:
            _check_requirement_url(text, parsed.url)


def _check_requirement_url(text: str, url: str) -> None:
    what = f"The requirement {_without_password(text)!r}"
    parts = _split(url, what)
    if parts.password:
        raise InvalidInput(
            f"{what} holds a password, which all members could read. Put the package into `code`, "
            "or ask the lab's operator for an index that has it."
        )
    if parts.scheme in _GIT_SCHEMES:
        check_git_url(url)
    elif parts.scheme not in _URL_SCHEMES or not parts.hostname:
        raise InvalidInput(
            f"{what} must come from https:// or git+https://; put files of your own into `code`."
        )


def check_git_url(url: str) -> None:
    """Refuse a URL that is not in pip's VCS form, or that git could take for an option."""
    what = f"The git URL {_without_password(url)!r}"
    parts = _split(url, what)
    if parts.scheme not in _GIT_SCHEMES:
        raise InvalidInput(f"{what} is not in pip's form: write it like {_GIT_FORM}.")
    if not parts.hostname and parts.scheme != "git+file":
        raise InvalidInput(f"{what} names no host: write it like {_GIT_FORM}.")
    path, _, revision = parts.path.partition("@")
    if not path.strip("/"):
        raise InvalidInput(f"{what} names no repository: write it like {_GIT_FORM}.")
    if "@" in parts.path and (not revision or "@" in revision):
        raise InvalidInput(f"{what} names no revision after '@': write it like {_GIT_FORM}.")
    if parts.password and not _FROM_SECRET.fullmatch(parts.password):
        raise InvalidInput(
            f"{what} holds a password, which all members could read. Store it as a secret of the "
            "project, and write git+https://user:${NAME}@host/path.git."
        )
    options = (parts.hostname or "", parts.username or "", revision)
    if any(part.startswith("-") for part in options):
        raise InvalidInput(f"{what} has a part that begins with '-'; that is refused.")
    _check_fragment(what, parts.fragment)


def _check_fragment(what: str, fragment: str) -> None:
    fields = dict(parse_qsl(fragment, keep_blank_values=True))
    if fragment and not fields or fields.keys() - _FRAGMENTS:
        raise InvalidInput(f"{what} may have '#subdirectory=path' at its end and nothing else.")
    folder = fields.get("subdirectory", "")
    if folder.startswith(("/", "-")) or ".." in folder.split("/"):
        raise InvalidInput(f"{what} names a subdirectory outside of the repository.")


def _split(url: str, what: str) -> SplitResult:
    if _STRANGE.search(url) or "\\" in url:
        raise InvalidInput(f"{what} holds a space, a backslash or a control character.")
    try:
        parts = urlsplit(url)
        _ = parts.port  # parsed only when it is read
    except ValueError as exc:
        raise InvalidInput(f"{what} cannot be read: {exc}.") from exc
    return parts


def _without_password(url: str) -> str:
    return re.sub(r"(//[^/@:]*):[^/@]*@", r"\1:…@", url[:200])


def check_environment(environment: Mapping[str, str]) -> None:
    """Refuse values that no variable can hold, or more than a process can be given."""
    if sum(len(name) + len(value.encode()) for name, value in environment.items()) > _MOST_IN_ALL:
        raise InvalidInput(f"The variables have more than {_MOST_IN_ALL} bytes in all; use a file.")
    for name, value in environment.items():
        if "\x00" in value or len(value.encode()) > _MOST_BYTES:
            raise InvalidInput(
                f"The value of {name!r} cannot be a variable: at most {_MOST_BYTES} bytes, no NUL."
            )
