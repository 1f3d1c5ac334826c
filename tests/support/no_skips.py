"""Fails a run in which a test was skipped, when MLLAB_NO_SKIPS=1 (CI provides everything)."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn success into failure and name what was skipped; runs in the main process only."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if reporter is None or not skipped or os.environ.get("MLLAB_NO_SKIPS") != "1":
        return
    for report in skipped:
        reporter.write_line(f"skipped, and nothing may be: {report.nodeid} {report.longrepr}")
    if session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
