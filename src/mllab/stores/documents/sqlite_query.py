"""Turns questions into SQL text and parameters; pure, so a table of cases tests it.

Values travel as parameters only. A field becomes part of the text (an index on an
expression is used only when the text is the same), so its names are checked first.

JSON's types are kept apart as the contract asks: SQLite shows `true` as 1 and an array as
text, hence the `json_type` beside each comparison that could mistake them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from mllab.errors import InvalidInput
from mllab.stores.documents.base import Where
from mllab.stores.documents.values import Scalar, is_scalar, is_text

Sql = tuple[str, list[Scalar]]
"""SQL text and its parameters."""

_FIELD = re.compile(r"[^$.\"'\\\x00-\x1f\ud800-\udfff][^.\"'\\\x00-\x1f\ud800-\udfff]*")
_MOST_PATHS = 100  # a call of SQLite's takes 127 arguments
_NEVER: Sql = ("0", [])
_SIGNS = {"eq": "=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


def _types(value: bool | int | float | str) -> str:
    """Return the names that JSON's types comparable with the value have in SQLite."""
    if isinstance(value, str):
        return "'text'"
    return "'true','false'" if isinstance(value, bool) else "'integer','real'"


def column(field: str) -> str:
    """Return the expression that reads a field: the id, or a value out of the body.

    Raises:
        InvalidInput: a field name that no store could ask for.
    """
    return "id" if field == "id" else f"json_extract(body,{_path(field)})"


def _path(field: str) -> str:
    names = field.split(".")
    if not all(_FIELD.fullmatch(name) for name in names):
        raise InvalidInput("A field to search by has names without dots, quotes or backslashes.")
    return "'$" + "".join(f'."{name}"' for name in names) + "'"


def extract(fields: Sequence[str]) -> str:
    """Return the expression of an array: the id, then arrays that hold the fields in order.

    One call reads many fields and parses the body once. It gives an array, with each value
    as it was written, only for two paths or more: a last one that is alone comes twice.
    """
    paths = [_path(field) for field in fields]
    if len(paths) % _MOST_PATHS == 1:
        paths.append(paths[-1])
    calls = [
        f"json_extract(body,{','.join(paths[at : at + _MOST_PATHS])})"
        for at in range(0, len(paths), _MOST_PATHS)
    ]
    return f"json_array({','.join(['id', *calls])})"


def conditions(where: Sequence[Where]) -> Sql:
    """Return all conditions joined by *and*; `1` if there are none."""
    parts = [_condition(each) for each in where]
    if not parts:
        return "1", []
    return " AND ".join(text for text, _ in parts), [value for _, vs in parts for value in vs]


def _condition(where: Where) -> Sql:
    if where.op == "in":
        return _in(where)
    if not is_scalar(where.value):
        raise InvalidInput(f"Nothing can be compared with this value of {where.field!r}.")
    if where.op == "ne":
        text, values = _compare(where.field, "eq", where.value)
        return f"NOT ifnull({text},0)", values
    if where.op == "has":
        return _has(where.field, where.value)
    if where.op == "prefix":
        return _prefix(where.field, where.value)
    return _compare(where.field, where.op, where.value)


def _compare(field: str, op: str, value: Scalar) -> Sql:
    read = column(field)
    if value is None:
        return (f"{read} IS NULL", []) if op == "eq" else _NEVER
    if field == "id":
        return (f"id {_SIGNS[op]} ?", [value]) if isinstance(value, str) else _NEVER
    comparison = f"{read} {_SIGNS[op]} ?"
    if op == "eq" and isinstance(value, str) and value[:1] not in {"[", "{"}:
        # Only arrays and objects read like text, so the index alone can answer.
        return comparison, [value]
    return f"({comparison} AND {_is(field, _types(value))})", [value]


def _is(field: str, types: str) -> str:
    return f"json_type(body,{_path(field)}) IN ({types})"


def _in(where: Where) -> Sql:
    if not isinstance(where.value, list | tuple) or not all(map(is_scalar, where.value)):
        raise InvalidInput(f"The condition 'in' on {where.field!r} takes a list of plain values.")
    texts = [value for value in where.value if isinstance(value, str)]
    others = [value for value in where.value if not isinstance(value, str)]
    parts = [_compare(where.field, "eq", value) for value in others]
    if texts:
        chosen = f"{column(where.field)} IN (SELECT value FROM json_each(?))"  # noqa: S608
        kind = "" if where.field == "id" else f" AND {_is(where.field, _types(''))}"
        parts.append((f"({chosen}{kind})", [json.dumps(texts, ensure_ascii=False)]))
    if not parts:
        return _NEVER
    return f"({' OR '.join(t for t, _ in parts)})", [value for _, vs in parts for value in vs]


def _has(field: str, value: Scalar) -> Sql:
    if field == "id":
        return _NEVER
    kind = "'null'" if value is None else _types(value)
    items = f"json_each(body,{_path(field)}) WHERE type IN ({kind}) AND atom IS ?"
    return f"({_is(field, repr('array'))} AND EXISTS (SELECT 1 FROM {items}))", [value]  # noqa: S608


def _prefix(field: str, value: Scalar) -> Sql:
    if not isinstance(value, str):
        raise InvalidInput(f"The condition 'prefix' on {field!r} takes a text.")
    parts = [_compare(field, "gte", value)]
    if (end := after_prefix(value)) is not None:
        parts.append(_compare(field, "lt", end))
    return f"({' AND '.join(t for t, _ in parts)})", [v for _, values in parts for v in values]


def after_prefix(prefix: str) -> str | None:
    """Return the first text after all that begin with `prefix`; None if there is none."""
    kept = prefix.rstrip("\U0010ffff")
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    return kept[:-1] + chr(0xE000 if following == 0xD800 else following)


@dataclass(frozen=True)
class Question:
    """What `find` was asked, without its page."""

    collection: str
    where: Sequence[Where]
    order_by: str
    descending: bool

    @property
    def fingerprint(self) -> str:
        """Return a short text that differs for another question."""
        parts = [[each.field, each.op, each.value] for each in self.where]
        facts = json.dumps([self.collection, parts, self.order_by, self.descending])
        return hashlib.sha256(facts.encode()).hexdigest()[:16]

    def page(self, limit: int, cursor: str | None) -> Sql:
        """Return the SELECT of (id, revision, body, order value) for one page and one more."""
        text, values = conditions(self.where)
        if cursor is not None:
            after, more = self._after(*self._read_cursor(cursor))
            text, values = f"{text} AND {after}", values + more
        read, way = column(self.order_by), "DESC" if self.descending else "ASC"
        first = "" if self.order_by == "id" else f"{read} {way} NULLS LAST, "
        select = f'SELECT id,revision,body,{read} FROM "{self.collection}"'  # noqa: S608
        return f"{select} WHERE {text} ORDER BY {first}id {way} LIMIT ?", [*values, limit + 1]

    def _after(self, value: Scalar, id: str) -> Sql:
        sign = "<" if self.descending else ">"
        if self.order_by == "id":
            return f"id {sign} ?", [id]
        read = column(self.order_by)
        if value is None:
            return f"({read} IS NULL AND id {sign} ?)", [id]
        later = f"{read} {sign} ? OR ({read} = ? AND id {sign} ?) OR {read} IS NULL"
        return f"({later})", [value, value, id]

    def cursor(self, value: Scalar, id: str) -> str:
        """Return the text that continues after the document with this order value and id."""
        facts = json.dumps([self.fingerprint, value, id], separators=(",", ":"))
        return base64.urlsafe_b64encode(facts.encode()).decode().rstrip("=")

    def _read_cursor(self, cursor: str) -> tuple[Scalar, str]:
        try:
            text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
            fingerprint, value, id = json.loads(text)
        except (binascii.Error, ValueError, TypeError, RecursionError):
            fingerprint = value = id = None
        if fingerprint != self.fingerprint or not is_scalar(value) or not is_text(id):
            raise InvalidInput(
                "The cursor does not belong to this question; leave it out to start from the top."
            )
        return value, id
