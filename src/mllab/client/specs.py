"""Builds specs on the client's side, with the lab's own error for what is not valid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import ValidationError

from mllab.errors import InvalidInput
from mllab.model.base import Record

R = TypeVar("R", bound=Record)


def build(kind: type[R], fields: Mapping[str, object]) -> R:
    """Return the record. Raises InvalidInput that names every fault."""
    try:
        return kind.model_validate(fields)
    except ValidationError as exc:
        faults = [
            f"{'.'.join(str(part) for part in fault['loc'])}: {fault['msg']}"
            for fault in exc.errors()
        ]
        raise InvalidInput(f"Not valid: {'; '.join(faults)}") from exc
