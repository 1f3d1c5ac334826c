"""What a preview shows of a dataset or model: its beginning, never the whole."""

from __future__ import annotations

from enum import StrEnum

from mllab.model.base import Record


class PreviewFormat(StrEnum):
    """What the file was read as; the tables come first."""

    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"
    JSON = "json"
    JSONL = "jsonl"
    ZIP = "zip"
    TAR = "tar"
    TEXT = "text"
    NOTEBOOK = "notebook"
    IMAGE = "image"
    """Not read: the download is the picture."""
    NONE = "none"


class TopValue(Record):
    """A value that comes more than once, and how often."""

    value: str
    count: int


class ColumnStatistics(Record):
    """Of one column of the sample; `distinct` is about right, `histogram` of equal parts."""

    nulls: int
    distinct: int | None = None
    min: str | None = None
    max: str | None = None
    histogram: list[int] = []
    top: list[TopValue] = []


class PreviewColumn(Record):
    """One column: its name and its type in DuckDB's words."""

    name: str
    type: str
    statistics: ColumnStatistics | None = None


class CellOutput(Record):
    """`kind` is text, error, or a picture's content type (then `data` is base64)."""

    kind: str
    data: str


class NotebookCell(Record):
    """One cell of a notebook; `kind` is code, markdown or raw."""

    kind: str
    source: str
    count: int | None = None
    outputs: list[CellOutput] = []


class Preview(Record):
    """The beginning of one version.

    Tables have `columns` and `rows` (each value a text or null, long ones cut), of
    `columns_total` and `total_rows` (None: not known without reading all). Statistics are
    of the first `sampled_rows`; `rejected_lines` counts lines up to there that do not fit the
    columns, or are no objects among JSON lines, and are left out. Text has `text`, a notebook
    `cells`. `problem` says why something is not shown as what its name says.
    """

    format: PreviewFormat
    columns: list[PreviewColumn] = []
    columns_total: int = 0
    rows: list[list[str | None]] = []
    total_rows: int | None = None
    sampled_rows: int = 0
    rejected_lines: int = 0
    text: str = ""
    cells: list[NotebookCell] = []
    truncated: bool = False
    problem: str = ""
