"""Keeps files and functions small: fails over 400 lines a file or 50 a function.

A file over 400 lines may give its reason in a comment on its first line (`# long: …`),
up to 600.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

FILE_LINES, FILE_LINES_WITH_REASON, FUNCTION_LINES = 400, 600, 50


def faults(path: Path) -> list[str]:
    """Return what is too long in one file."""
    text = path.read_text()
    lines = text.count("\n")
    limit = FILE_LINES_WITH_REASON if text.startswith("# long:") else FILE_LINES
    found = [f"{path}: {lines} lines, at most {limit}"] if lines > limit else []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                found.append(f"{path}:{node.lineno} {node.name}: {length} lines")
    return found


def main() -> int:
    """Check all sources; print what is too long."""
    paths = sorted(p for top in ("src", "benchmarks", "scripts") for p in Path(top).rglob("*.py"))
    found = [fault for path in paths for fault in faults(path)]
    sys.stdout.write("".join(f"{fault}\n" for fault in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
