"""What nginx itself says when something fails, in words: for its configuration and pages.

Answers of the API and of workloads pass untouched; this is for what never reached them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """The wire code, a title and a sentence for one status."""

    code: str
    title: str
    text: str


FAULTS: dict[int, Fault] = {
    400: Fault("invalid_input", "Bad request", "The request could not be understood."),
    403: Fault(
        "not_allowed",
        "Refused",
        "This came from the page of another site and would change something; it was refused.",
    ),
    404: Fault("not_found", "Nothing here", "There is nothing at this address."),
    405: Fault("method_not_allowed", "Not possible", "This method is not possible here."),
    408: Fault("unavailable", "Too slow", "The request took too long to arrive; try again."),
    413: Fault("too_large", "Too large", "The request is larger than what is taken here."),
    414: Fault("invalid_input", "Address too long", "The address of the request is too long."),
    416: Fault("range_not_satisfiable", "No such range", "The range lies outside the file."),
    421: Fault(
        "wrong_host",
        "Unknown host name",
        "The lab does not answer to this host name. An admin adds it with LAB_HOSTS.",
    ),
    429: Fault(
        "limit_reached",
        "Too many requests",
        "Too many are open at once with this credential or from this address, or the limit of "
        "this key is used up; try again later.",
    ),
    431: Fault("invalid_input", "Headers too large", "The headers of the request are too large."),
    500: Fault("internal", "Failed", "The gateway failed on this request; its log says more."),
    501: Fault("invalid_input", "Not possible", "The gateway does not know how to do this."),
    502: Fault("backend_failed", "No answer", "What stands behind this address did not answer."),
    503: Fault(
        "unavailable", "One moment", "The lab is starting or busy. It will answer in a moment."
    ),
    504: Fault(
        "unavailable", "No answer in time", "What stands behind this did not answer in time."
    ),
}
