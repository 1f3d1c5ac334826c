"""Writes the walk's data: the wine recognition data that scikit-learn ships.

    python examples/walk/data.py FOLDER

`wine_v1.csv` is the file as shipped (its first line holds counts and class names, no column
names); `wine_v2.csv` is the same rows under proper column names.
"""

import csv
import sys
from pathlib import Path

import sklearn.datasets


def write(folder: Path) -> tuple[Path, Path]:
    """Write both files into `folder` and return their paths."""
    shipped = Path(sklearn.datasets.__file__).parent / "data" / "wine_data.csv"
    names = list(sklearn.datasets.load_wine().feature_names)
    first, second = folder / "wine_v1.csv", folder / "wine_v2.csv"
    first.write_bytes(shipped.read_bytes())
    with shipped.open(newline="") as source, second.open("w", newline="") as target:
        rows = csv.reader(source)
        next(rows)
        writer = csv.writer(target)
        writer.writerow([*names, "cultivar"])
        writer.writerows(rows)
    return first, second


def sample(second: Path) -> tuple[list[str], list[list[float]], list[int]]:
    """Return column names, three real rows (one of each class) and their true classes."""
    with second.open(newline="") as source:
        rows = list(csv.reader(source))
    names, rows = rows[0][:-1], rows[1:]
    picked = [next(row for row in rows if row[-1] == kind) for kind in ("0", "1", "2")]
    return names, [[float(v) for v in row[:-1]] for row in picked], [int(r[-1]) for r in picked]


if __name__ == "__main__":
    write(Path(sys.argv[1]))
