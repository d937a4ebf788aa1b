"""Writes one table as CSV with the programs that people use, and says what of it comes back otherwise from the Parquet files.

    writers.py write DIRECTORY
    writers.py compare pyarrow|duckdb|polars FILES.json

The first writes a CSV for each writer, `<writer>.csv`. FILES.json: {WRITER: PARQUET, ...}. The second prints a JSON list of
[WRITER, COLUMN, FOUND]: FOUND names the column's type if it is not the writer's, and each value that is not the writer's.
"""

import csv
import json
import math
import os
import sys
from datetime import date, datetime, timezone
from decimal import Decimal

from readers import DuckDB, Polars, PyArrow, microseconds


def utc(*args):
    return datetime(*args, tzinfo=timezone.utc)


# The types that each writer has for them are in `pandas_frame`, `polars_frame` and `arrow_table`.
TABLE = {
    "whole": ("int64", [1, None, -(2**63), 2**63 - 1]),
    "gap": ("double", [1.0, None, 3.0, -2.0]),
    "real": ("double", [0.1, None, -1e300, 5e-324]),
    "extreme": ("double", [math.inf, None, -math.inf, math.nan]),
    "truth": ("boolean", [True, None, False, True]),
    "day": ("date", [date(2024, 2, 29), None, date(1969, 12, 31), date(2024, 1, 1)]),
    "midnight": ("timestamp", [datetime(2024, 2, 29), None, datetime(1969, 12, 31), datetime(2024, 1, 1)]),
    "local": ("timestamp", [datetime(2024, 2, 29, 12, 34, 56, 789012), None, datetime(1969, 12, 31, 23, 59), datetime(2024, 1, 1)]),
    "utc": ("timestamp-utc", [utc(2024, 2, 29, 12, 34, 56, 789012), None, utc(2024, 7, 1, 23, 59), utc(2024, 1, 1)]),
    "word": ("text", ["one", None, "", "two words"]),
    "code": ("text", ["007", None, "01220", "000"]),
    "digits": ("text", ["1", None, "22", "333"]),
    "marks": ("text", ['say "hi", twice', None, "two\nlines", "\r\n; é 🦊\t"]),
    "price": ("decimal", [Decimal("12.50"), None, Decimal("-0.01"), Decimal("99999999.99")]),
    "nothing": ("text", [None, None, None, None]),
}


def pandas_frame():
    import pandas

    dtypes = {
        "whole": "Int64",
        "gap": "float64",
        "real": "float64",
        "extreme": "float64",
        "truth": "boolean",
        "day": object,
        "midnight": "datetime64[us]",
        "local": "datetime64[ns]",
        "utc": "datetime64[us, UTC]",
        "price": object,
        "nothing": object,
    }
    return pandas.DataFrame(
        {name: pandas.Series(values, dtype=dtypes.get(name, "str")) for name, (_, values) in TABLE.items()}
    )


def polars_frame():
    import polars

    types = {
        "int64": polars.Int64,
        "double": polars.Float64,
        "boolean": polars.Boolean,
        "date": polars.Date,
        "timestamp": polars.Datetime("us"),
        "timestamp-utc": polars.Datetime("us", "UTC"),
        "text": polars.String,
        "decimal": polars.Decimal(10, 2),
    }
    frame = polars.DataFrame(
        [polars.Series(name, values, dtype=types[kind]) for name, (kind, values) in TABLE.items()]
    )
    return frame.with_columns(polars.col("local").cast(polars.Datetime("ns")))


def arrow_table():
    import pyarrow

    types = {
        "int64": pyarrow.int64(),
        "double": pyarrow.float64(),
        "boolean": pyarrow.bool_(),
        "date": pyarrow.date32(),
        "timestamp": pyarrow.timestamp("us"),
        "timestamp-utc": pyarrow.timestamp("us", "UTC"),
        "text": pyarrow.string(),
        "decimal": pyarrow.decimal128(10, 2),
    }
    return pyarrow.table({name: pyarrow.array(values, types[kind]) for name, (kind, values) in TABLE.items()})


def with_pandas(path, **options):
    pandas_frame().to_csv(path, index=False, **options)


def with_csv_module(path, **options):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, **options)
        writer.writerow(TABLE)
        writer.writerows(zip(*(values for _, values in TABLE.values())))


def with_duckdb(path):
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'Europe/Berlin'")
    connection.register("written", arrow_table())
    connection.execute(f"COPY written TO '{path}'")


def with_pyarrow(path):
    import pyarrow.csv

    pyarrow.csv.write_csv(arrow_table(), path)


WRITERS = {
    "pandas": with_pandas,
    "pandas QUOTE_ALL": lambda path: with_pandas(path, quoting=csv.QUOTE_ALL),
    "pandas QUOTE_NONNUMERIC": lambda path: with_pandas(path, quoting=csv.QUOTE_NONNUMERIC),
    "Python csv": with_csv_module,
    "Polars": lambda path: polars_frame().write_csv(path),
    "DuckDB": with_duckdb,
    "pyarrow": with_pyarrow,
}
READERS = {"pyarrow": PyArrow, "duckdb": DuckDB, "polars": Polars}


def comparable(kind, value):
    return microseconds(str(value)) if value is not None and kind.startswith("timestamp") else value


def shown(value):
    if value is None:
        return "null"
    return "NaN" if value != value else json.dumps(value, default=str, ensure_ascii=False)


def same(found, expected):
    return found == expected or (found != found and expected != expected)


def differences(reader):
    types = {found: kind for kind, found in reader.types.items()}
    found = dict(reader.schema())
    assert list(found) == list(TABLE), f"found the columns {list(found)}"
    for name, (kind, values) in TABLE.items():
        found_kind = types[found[name]]
        expected = [comparable(kind, value) for value in values]
        pairs = zip(expected, reader.values(name, found_kind), strict=True)
        if found_kind != kind:
            # Values of another type are others; nulls stay nulls.
            pairs = ((before, after) for before, after in pairs if (before is None) != (after is None))
        changes = [f"{shown(before)} is {shown(after)}" for before, after in pairs if not same(after, before)]
        told = ([] if found_kind == kind else [found_kind]) + changes
        if told:
            yield name, ", ".join(told)


def main():
    if sys.argv[1] == "write":
        for name, write in WRITERS.items():
            write(os.path.join(sys.argv[2], f"{name}.csv"))
        return
    reader = READERS[sys.argv[2]]
    with open(sys.argv[3]) as file:
        files = json.load(file)
    print(json.dumps([[writer, *told] for writer, path in files.items() for told in differences(reader(path))]))


main()
