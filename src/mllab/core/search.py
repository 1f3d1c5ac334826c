"""MLflow's search language: text in, conditions and orders out. Pure; knows no store.

    metrics.accuracy > 0.9 AND params."learning rate" = '0.1' AND tags.team IS NOT NULL

Conditions are data, so that a store can be asked for those it can answer itself; the rest
is tested by `core/matching.py`. Source: `mlflow.utils.search_utils` (the tests compare).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mllab.errors import InvalidInput
from mllab.model.tracking import Lifecycle


class Kind(StrEnum):
    """What a name in a search stands for."""

    METRIC = "metric"
    PARAM = "param"
    TAG = "tag"
    ATTRIBUTE = "attribute"
    DATASET = "dataset"


@dataclass(frozen=True)
class Question:
    """A search as its asker puts it; `lifecycle` None means deleted things too."""

    filter: str = ""
    order_by: Sequence[str] = ()
    lifecycle: Lifecycle | None = Lifecycle.ACTIVE
    limit: int = 1000
    cursor: str | None = None


Operand = str | float | tuple[str, ...] | None


@dataclass(frozen=True)
class Condition:
    """One comparison; `operand` is a number for numeric names, None for `IS [NOT] NULL`."""

    kind: Kind
    key: str
    op: str
    operand: Operand


@dataclass(frozen=True)
class Order:
    """One key to sort by."""

    kind: Kind
    key: str
    ascending: bool = True


@dataclass(frozen=True)
class Grammar:
    """What may stand in a search over one kind of thing.

    `attributes` maps every name that is understood to the one that is meant; `lists` are
    the attributes that take IN (None: all that are text).
    """

    attributes: dict[str, str]
    numeric: frozenset[str]
    kinds: frozenset[Kind]
    lists: frozenset[str] | None = None
    orders: frozenset[Kind] = frozenset({Kind.ATTRIBUTE})
    nulls: frozenset[Kind] = field(default_factory=frozenset)


def _names(*names: str, **aliases: str) -> dict[str, str]:
    return {name: name for name in names} | aliases


RUNS = Grammar(
    _names("artifact_uri", "end_time", "run_id", "run_name", "start_time", "status", "user_id")
    | {"created": "start_time", "Created": "start_time"}
    | {"run name": "run_name", "Run name": "run_name", "Run Name": "run_name"},
    numeric=frozenset({"start_time", "end_time"}),
    kinds=frozenset(Kind),
    lists=frozenset({"run_id"}),
    orders=frozenset({Kind.METRIC, Kind.PARAM, Kind.TAG, Kind.ATTRIBUTE}),
    nulls=frozenset({Kind.PARAM, Kind.TAG}),
)
EXPERIMENTS = Grammar(
    _names("name", "experiment_id", "creation_time", "last_update_time"),
    numeric=frozenset({"creation_time", "last_update_time"}),
    kinds=frozenset({Kind.ATTRIBUTE, Kind.TAG}),
    lists=frozenset({"experiment_id"}),
    nulls=frozenset({Kind.TAG}),
)
REGISTERED_MODELS = Grammar(
    _names("name", "creation_timestamp", "last_updated_timestamp"),
    numeric=frozenset({"creation_timestamp", "last_updated_timestamp"}),
    kinds=frozenset({Kind.ATTRIBUTE, Kind.TAG}),
    lists=frozenset({"name"}),
)
MODEL_VERSIONS = Grammar(
    _names(
        "name",
        "version_number",
        "run_id",
        "source_path",
        "creation_timestamp",
        "last_updated_timestamp",
    ),
    numeric=frozenset({"version_number", "creation_timestamp", "last_updated_timestamp"}),
    kinds=frozenset({Kind.ATTRIBUTE, Kind.TAG}),
    lists=frozenset({"name", "run_id"}),
)
LOGGED_MODELS = Grammar(
    _names(
        "name",
        "model_id",
        "model_type",
        "status",
        "source_run_id",
        "creation_timestamp",
        "last_updated_timestamp",
        creation_time="creation_timestamp",
        creation_timestamp_ms="creation_timestamp",
        last_updated_time="last_updated_timestamp",
        last_updated_timestamp_ms="last_updated_timestamp",
    ),
    numeric=frozenset({"creation_timestamp", "last_updated_timestamp"}),
    kinds=frozenset({Kind.METRIC, Kind.PARAM, Kind.TAG, Kind.ATTRIBUTE}),
    orders=frozenset({Kind.METRIC, Kind.ATTRIBUTE}),
)

_KINDS = {
    **dict.fromkeys(("metric", "metrics"), Kind.METRIC),
    **dict.fromkeys(("parameter", "parameters", "param", "params"), Kind.PARAM),
    **dict.fromkeys(("tag", "tags"), Kind.TAG),
    **dict.fromkeys(("attribute", "attributes", "attr", "run"), Kind.ATTRIBUTE),
    **dict.fromkeys(("dataset", "datasets"), Kind.DATASET),
}
_DATASET_KEYS = frozenset({"name", "digest", "context"})
_NUMBER_OPS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_TEXT_OPS = frozenset({"=", "!=", "LIKE", "ILIKE"})
_LIST_OPS = frozenset({"IN", "NOT IN"})
_NULL_OPS = frozenset({"IS NULL", "IS NOT NULL"})
_LONGEST = 20_000

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>'(?:''|\\'|[^'])*')
      | (?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?=[\s(),<>=!;]|$))
      | (?P<op><=|>=|!=|=|<|>)
      | (?P<mark>[(),])
      | (?P<word>(?:"[^"]*"|`[^`]*`|[^\s'"`()<>=!,;])+)
    )\s*""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int

    @property
    def keyword(self) -> str:
        return self.text.upper() if self.kind == "word" else ""

    @property
    def is_text(self) -> bool:
        """Whether this is a quoted value: 'single' or "double", as MLflow takes both."""
        double = self.kind == "word" and re.fullmatch(r'"[^"]*"', self.text) is not None
        return self.kind == "string" or double


def _tokens(text: str) -> list[_Token]:
    if len(text) > _LONGEST:
        raise InvalidInput(f"A search has at most {_LONGEST} characters.")
    found: list[_Token] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            while text[at].isspace():
                at += 1
            raise InvalidInput(f"Cannot read the search at {text[at : at + 40]!r}.", position=at)
        place = match.start(match.lastgroup)
        found.append(_Token(match.lastgroup, match.group(match.lastgroup), place))
        at = match.end()
    return found


class _Reader:
    """Walks over the tokens of one filter."""

    def __init__(self, text: str, grammar: Grammar) -> None:
        self._text = text
        self._grammar = grammar
        self._left = _tokens(text)[::-1]
        self._at = 0

    def conditions(self) -> list[Condition]:
        found: list[Condition] = []
        while self._left:
            if found and self._take().keyword != "AND":
                raise self._fault("conditions are joined by AND")
            found.append(self._condition())
        return found

    def _take(self) -> _Token:
        if not self._left:
            self._at = len(self._text)
            raise self._fault("it ends too early")
        token = self._left.pop()
        self._at = token.at
        return token

    def _fault(self, why: str) -> InvalidInput:
        """Return the error; its `position` is that of what was read last."""
        return InvalidInput(f"Invalid filter {self._text!r}: {why}.", position=self._at)

    def _condition(self) -> Condition:
        token = self._take()
        if token.kind != "word":
            raise self._fault(f"expected a name such as metrics.accuracy, found {token.text!r}")
        try:
            kind, key = identify(token.text, self._grammar)
        except InvalidInput as exc:
            raise InvalidInput(exc.message, position=token.at) from exc
        op = self._operator()
        if op not in self._allowed(kind, key):
            raise self._fault(f"{kind} {key!r} does not take the comparison {op!r}")
        return Condition(kind, key, op, self._operand(kind, key, op))

    def _operator(self) -> str:
        token = self._take()
        if token.kind == "op":
            return token.text
        words = [token.keyword]
        if words == ["IS"] and self._left and self._left[-1].keyword == "NOT":
            words.append(self._take().keyword)
        if words[-1] in {"IS", "NOT"}:
            words.append(self._take().keyword)
        return " ".join(words)

    def _allowed(self, kind: Kind, key: str) -> frozenset[str]:
        if _is_number(kind, key, self._grammar):
            return _NUMBER_OPS
        if kind in {Kind.PARAM, Kind.TAG}:
            return _TEXT_OPS | (_NULL_OPS if kind in self._grammar.nulls else frozenset())
        lists = self._grammar.lists
        takes_list = kind is Kind.DATASET or lists is None or key in lists
        return _TEXT_OPS | (_LIST_OPS if takes_list else frozenset())

    def _operand(self, kind: Kind, key: str, op: str) -> Operand:
        if op in _NULL_OPS:
            return None
        if op in _LIST_OPS:
            return self._list()
        token = self._take()
        if _is_number(kind, key, self._grammar):
            if token.kind != "number" or len(token.text) > 400:
                raise self._fault(f"{kind} {key!r} is compared with a number, not {token.text!r}")
            is_whole = kind is Kind.ATTRIBUTE and re.fullmatch(r"[-+]?\d+", token.text)
            return int(token.text) if is_whole else float(token.text)
        if not token.is_text:
            raise self._fault(f"{kind} {key!r} is compared with text in quotes, not {token.text!r}")
        return token.text[1:-1]

    def _list(self) -> tuple[str, ...]:
        found: list[str] = []
        token = self._take()
        if token.text != "(":
            raise self._fault("IN takes a list such as ('a', 'b')")
        while token.text != ")":
            token = self._take()
            if token.is_text:
                found.append(token.text[1:-1])
                token = self._take()
            if token.text not in {",", ")"} or not found:
                raise self._fault("IN takes a list of text in quotes, at least one")
        return tuple(found)


def _is_number(kind: Kind, key: str, grammar: Grammar) -> bool:
    return kind is Kind.METRIC or (kind is Kind.ATTRIBUTE and key in grammar.numeric)


def identify(name: str, grammar: Grammar) -> tuple[Kind, str]:
    """Return what `name` (such as ``metrics.`a b` `` or `start_time`) stands for.

    Raises:
        InvalidInput: this grammar has no such kind or attribute.
    """
    prefix, dot, key = name.partition(".")
    kind = _KINDS.get(_bare(prefix)) if dot else Kind.ATTRIBUTE
    if kind not in grammar.kinds:
        kinds = ", ".join(sorted(grammar.kinds))
        raise InvalidInput(f"Invalid name {name!r} in a search; before the dot stands: {kinds}.")
    key = _bare(key if dot else prefix)
    if kind is Kind.ATTRIBUTE and key not in grammar.attributes:
        known = ", ".join(sorted(set(grammar.attributes.values())))
        raise InvalidInput(f"Invalid attribute {key!r} in a search; there are: {known}.")
    if kind is Kind.DATASET and key not in _DATASET_KEYS:
        raise InvalidInput(f"Invalid dataset key {key!r}; there are: name, digest, context.")
    return kind, grammar.attributes[key] if kind is Kind.ATTRIBUTE else key


def _bare(name: str) -> str:
    quoted = len(name) >= 2 and name[0] == name[-1] and name[0] in "\"'`"
    return name[1:-1] if quoted else name


def parse_filter(text: str | None, grammar: Grammar) -> list[Condition]:
    """Return the conditions of a filter, all of which must hold; none for an empty text.

    Raises:
        InvalidInput: `text` is not in the language.
    """
    return _Reader(text or "", grammar).conditions()


def parse_orders(texts: Iterable[str], grammar: Grammar) -> list[Order]:
    """Return the orders that texts such as `metrics.loss DESC` stand for.

    Raises:
        InvalidInput: a text is not in the language.
    """
    return [_parse_order(text, grammar) for text in texts]


def _parse_order(text: str, grammar: Grammar) -> Order:
    tokens = _tokens(text)
    direction = tokens[1].keyword if len(tokens) == 2 else "ASC"
    named = len(tokens) in {1, 2} and tokens[0].kind == "word"
    if not named or direction not in {"ASC", "DESC"}:
        raise InvalidInput(f"Invalid order {text!r}: write a name, then ASC or DESC.")
    kind, key = identify(tokens[0].text, grammar)
    if kind not in grammar.orders:
        raise InvalidInput(f"Invalid order {text!r}: a {kind} gives no order here.")
    return Order(kind, key, direction == "ASC")
