"""The one error tree: what can go wrong, its wire code, HTTP status and retry verdict.

Every layer raises these and no layer translates them back: the API turns one into the
wire form, the client turns the wire form into one again by its `code`. This module knows
nothing of HTTP libraries; `status` is only a number.

    LabError
    ├── InvalidInput 422        ├── NotSignedIn 401      ├── NotAllowed 403
    ├── NotFound 404            ├── Conflict 409         ├── TooLarge 413
    ├── RangeNotSatisfiable 416 ├── LimitReached 429     ├── StorageFull 507
    ├── Unavailable 503 (retryable)                      ├── ChecksumMismatch 460
    └── BackendFailed 502
"""

from __future__ import annotations

from typing import Any, ClassVar


class LabError(Exception):
    """Something failed; the message names what, on which thing, and the next step.

    `details` go to the caller as they are: never put a secret there.
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, Any] = details


class InvalidInput(LabError):
    """The request can never succeed as it is."""

    code = "invalid_input"
    status = 422


class NotSignedIn(LabError):
    """No credential, or one that is wrong, expired or revoked."""

    code = "not_signed_in"
    status = 401


class NotAllowed(LabError):
    """The caller may know that the thing exists, but not do this to it."""

    code = "not_allowed"
    status = 403


class NotFound(LabError):
    """The thing does not exist, or the caller may not know that it does."""

    code = "not_found"
    status = 404

    def __init__(self, kind: str = "thing", name: str = "", hint: str = "") -> None:
        text = f"No {kind} {name!r} here." if name else f"No such {kind} here."
        super().__init__(f"{text} {hint}".strip(), kind=kind, name=name)


class Conflict(LabError):
    """The thing is there already, or changed meanwhile, or is in the wrong state."""

    code = "conflict"
    status = 409


class TooLarge(LabError):
    """The body is larger than what this lab takes."""

    code = "too_large"
    status = 413


class ChecksumMismatch(LabError):
    """The bytes of this request are not those that its sender summed; nothing of it counts."""

    code = "checksum_mismatch"
    status = 460  # tus's own


class RangeNotSatisfiable(LabError):
    """The asked byte range lies outside the file."""

    code = "range_not_satisfiable"
    status = 416


class LimitReached(LabError):
    """Too many attempts, or a quota is used up; `retry_after_s` says when to try again."""

    code = "limit_reached"
    status = 429

    def __init__(self, message: str, *, retry_after_s: int | None = None, **details: Any) -> None:
        super().__init__(message, **details)
        self.retry_after_s = retry_after_s
        if retry_after_s is not None:
            self.details["retry_after_s"] = retry_after_s


class StorageFull(LabError):
    """The disk or bucket takes no more; nothing was half-written."""

    code = "storage_full"
    status = 507


class Unavailable(LabError):
    """A part of the lab does not answer now; trying again later makes sense."""

    code = "unavailable"
    status = 503
    retryable = True


class BackendFailed(LabError):
    """A store or runtime answered with a failure that trying again will not mend."""

    code = "backend_failed"
    status = 502


def _tree(base: type[LabError]) -> list[type[LabError]]:
    return [base] + [leaf for child in base.__subclasses__() for leaf in _tree(child)]


def from_wire(status: int, body: dict[str, Any]) -> LabError:
    """Build the error that `body` (the one wire form) describes; unknown codes by status."""
    classes = _tree(LabError)
    code = body.get("error")
    found = next((c for c in classes if c.code == code), None) or next(
        (c for c in classes if c.status == status), LabError
    )
    error = found.__new__(found)
    LabError.__init__(error, str(body.get("message") or f"The lab answered {status}."))
    error.details = dict(body.get("details") or {}, request_id=body.get("request_id"))
    if isinstance(error, LimitReached):
        error.retry_after_s = error.details.get("retry_after_s")
    return error
