"""The browser of the tests hears nothing of the networks of tests that run beside it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from browser import STEADY

LISTENS = "import socket; socket.socket(socket.{family}, socket.SOCK_RAW).close()"


@pytest.mark.parametrize(("family", "says"), [("AF_NETLINK", "not supported"), ("AF_UNIX", "")])
def test_only_the_kernels_news_are_refused(family: str, says: str) -> None:
    done = subprocess.run(
        [STEADY, "-c", LISTENS.format(family=family)],
        env={**os.environ, "LAB_TEST_CHROMIUM": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == bool(says)
    assert says in done.stderr
