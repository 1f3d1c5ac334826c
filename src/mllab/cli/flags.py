"""Lets several options of a command come as one dataclass, shared between commands."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any, get_type_hints

Command = Callable[..., None]


def spread(command: Command) -> Command:
    """Return `command` with an option for each field of its dataclass parameters."""
    parameters = inspect.signature(command, eval_str=True).parameters.values()
    groups: dict[str, type] = {
        p.name: p.annotation
        for p in parameters
        if isinstance(p.annotation, type) and is_dataclass(p.annotation)
    }

    @functools.wraps(command)
    def spreading(**given: Any) -> None:
        for name, group in groups.items():
            given[name] = group(**{f.name: given.pop(f.name) for f in fields(group)})
        command(**given)

    shown = [each for p in parameters for each in _shown(p, groups.get(p.name))]
    spreading.__annotations__ = {}
    vars(spreading).pop("__wrapped__")
    vars(spreading)["__signature__"] = inspect.Signature(shown)
    return spreading


def _shown(parameter: inspect.Parameter, group: type | None) -> list[inspect.Parameter]:
    kind = inspect.Parameter.KEYWORD_ONLY
    if group is None:
        return [parameter.replace(kind=kind)]
    types = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(f.name, kind, default=f.default, annotation=types[f.name])
        for f in fields(group)
    ]
