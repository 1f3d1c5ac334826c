"""The stream of changes through a real lab: at once through nginx, and no obstacle to its end."""

from __future__ import annotations

from pathlib import Path

import httpx
from running_lab import RunningLab, running_lab

from mllab import Lab


def test_a_change_passes_nginx_at_once_and_a_stream_ends_with_the_lab(tmp_path: Path) -> None:
    with running_lab(tmp_path / "data") as lab:
        client = Lab(lab.url, lab.token())
        changes = client.events()
        assert next(changes) is None
        client.projects.create("alpha")
        assert next(change for change in changes if change and change.project == "alpha")
        changes.close()
        assert _ends_cleanly(lab) == 0


def _ends_cleanly(lab: RunningLab) -> int:
    """Interrupt the lab while a page is open; return its exit code."""
    headers = {"Authorization": f"Bearer {lab.token()}"}
    with httpx.stream("GET", f"{lab.url}/api/events", headers=headers, timeout=30) as page:
        lines = page.iter_lines()
        assert "event: hello" in (next(lines), next(lines))
        code = lab.interrupt()
    assert "Cancel" not in lab.output.read_text()
    return code
