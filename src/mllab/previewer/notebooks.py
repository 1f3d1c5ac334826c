"""Jupyter notebooks: cells and outputs as plain text and pictures, HTML never."""

from __future__ import annotations

import json
import re
from typing import Any

from mllab.previewer.source import HEAD, Source, Unreadable

_MOST_CELLS = 200
_MOST_SIGNS = 20_000
_MOST_PICTURE = 400_000
_MOST_PICTURES = 2_000_000
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_PICTURES = ("image/png", "image/jpeg", "image/gif")


def read_notebook(source: Source) -> dict[str, Any]:
    """Return the notebook's `cells`.

    Raises:
        Unreadable: it is no notebook, or larger than a preview reads.
    """
    data, whole = source.head()
    if not whole:
        raise Unreadable(f"A notebook of more than {HEAD >> 20} MiB is not shown as one.")
    try:
        notebook = json.loads(data)
        cells = notebook["cells"]
        left = [_MOST_PICTURES]
        shown = [_cell(each, left) for each in cells[:_MOST_CELLS]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        raise Unreadable("This is no notebook of format 4.") from exc
    return {"cells": shown, "truncated": len(cells) > _MOST_CELLS}


def _cell(cell: dict[str, Any], left: list[int]) -> dict[str, Any]:
    outputs = [_output(each, left) for each in cell.get("outputs", [])[:20]]
    kind = cell["cell_type"]
    count = cell.get("execution_count")
    return {
        "kind": kind if kind in {"code", "markdown"} else "raw",
        "source": _joined(cell["source"]),
        "count": count if isinstance(count, int) else None,
        "outputs": [each for each in outputs if each],
    }


def _output(output: dict[str, Any], left: list[int]) -> dict[str, str] | None:
    kind = output["output_type"]
    if kind == "stream":
        return {"kind": "text", "data": _joined(output["text"])}
    if kind == "error":
        return {"kind": "error", "data": _joined("\n".join(output["traceback"]))}
    found = output["data"]
    for picture in _PICTURES:
        data = "".join(found.get(picture, "").splitlines()) if _is_text(found, picture) else ""
        if data and len(data) <= min(_MOST_PICTURE, left[0]):
            left[0] -= len(data)
            return {"kind": picture, "data": data}
    if "text/plain" in found:
        return {"kind": "text", "data": _joined(found["text/plain"])}
    return None


def _is_text(found: dict[str, Any], name: str) -> bool:
    return isinstance(found.get(name), str)


def _joined(text: str | list[str]) -> str:
    whole = _ANSI.sub("", text if isinstance(text, str) else "".join(text))
    return whole if len(whole) <= _MOST_SIGNS else f"{whole[:_MOST_SIGNS]} …"
