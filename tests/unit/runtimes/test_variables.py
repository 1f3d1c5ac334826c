"""What programs and the installer find in their environment."""

from __future__ import annotations

from pathlib import Path

from mllab.runtimes.process.variables import installer_variables, program_variables

BARE = {"PATH": "/usr/bin:/bin", "HOME": "/home/ann"}


def test_the_installer_trusts_the_machines_certificates(tmp_path: Path) -> None:
    assert installer_variables(BARE, tmp_path)["UV_SYSTEM_CERTS"] == "true"


def test_the_operator_may_say_otherwise(tmp_path: Path) -> None:
    lab = BARE | {"UV_SYSTEM_CERTS": "false"}
    assert installer_variables(lab, tmp_path)["UV_SYSTEM_CERTS"] == "false"


def test_uv_in_a_terminal_trusts_the_machines_certificates(tmp_path: Path) -> None:
    assert program_variables(BARE, tmp_path, None)["UV_SYSTEM_CERTS"] == "true"


def test_a_program_sees_nothing_else_of_the_lab(tmp_path: Path) -> None:
    found = program_variables(BARE | {"LAB_ADMIN_PASSWORD": "x"}, tmp_path, None)
    assert "LAB_ADMIN_PASSWORD" not in found
