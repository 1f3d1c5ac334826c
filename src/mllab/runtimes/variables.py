"""Names of variables that every runtime gives to programs in the same way.

Which of them, and with what values, is each runtime's own affair.
"""

from __future__ import annotations

from collections.abc import Mapping

PROXIES = ("http_proxy", "https_proxy", "no_proxy", "all_proxy")
CERTIFICATES = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "NODE_EXTRA_CA_CERTS",
    "GIT_SSL_CAINFO",
    "PIP_CERT",
)
"""Each names a file of certificates (PEM)."""
# The machine's own certificates: behind a company's proxy uv's bundled ones do not do.
TRUST = {"UV_SYSTEM_CERTS": "true"}
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
_INSTALLERS = ("UV_", "PIP_")


def threads(cores: float | None) -> dict[str, str]:
    """Return how many threads numeric libraries start; nothing without a limit."""
    return {} if cores is None else dict.fromkeys(_THREADS, str(max(1, round(cores))))


def installer_settings(lab: Mapping[str, str]) -> dict[str, str]:
    """Return the operator's settings of uv and pip in the lab's environment, such as an index."""
    found = {name: value for name, value in lab.items() if name.startswith(_INSTALLERS)}
    if "PIP_INDEX_URL" in found:
        found.setdefault("UV_DEFAULT_INDEX", found["PIP_INDEX_URL"])
    return found
