"""Whom the client trusts: by what it was given, and with nothing loaded for plain HTTP."""

from __future__ import annotations

import ssl

import pytest

from mllab import Lab


class _Loaded(Exception):
    pass


@pytest.fixture(autouse=True)
def no_authorities(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make it seen when the usual authorities are loaded."""

    def load(*_: object, **__: object) -> None:
        raise _Loaded

    monkeypatch.delenv("LAB_CA_FILE", raising=False)
    monkeypatch.setattr(ssl, "create_default_context", load)


@pytest.mark.parametrize("endpoint", ["http://lab.test", "HTTP://lab.test/below/"])
def test_a_lab_over_plain_http_needs_no_authorities(endpoint: str) -> None:
    assert Lab(endpoint, "lab_token")


@pytest.mark.parametrize("endpoint", ["https://lab.test", "lab.test"])
def test_any_other_does(endpoint: str) -> None:
    with pytest.raises(_Loaded):
        Lab(endpoint, "lab_token")
