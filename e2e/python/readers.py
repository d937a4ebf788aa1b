"""Reads Parquet files with a widely used library, and compares them with the CSV files that they were made from.

    readers.py pyarrow|duckdb|polars CASES.json

CASES.json: [{"csv": PATH, "parquet": PATH, "columns": [[NAME, TYPE], ...]}, ...]. The CSV is read with Python's own
csv module. Prints a JSON list with a line for everything that differs: names, types, values, null counts, and
what a search for a column's least, greatest and missing values finds, which the libraries answer by the
statistics of the row groups.
"""

import csv
import io
import json
import math
import os
import pickle
import re
import sys
from datetime import date, datetime, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def microseconds(text):
    """The time since 1970-01-01T00:00:00, local if the text names no zone."""
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        time = time.replace(tzinfo=timezone.utc)
    since = time - EPOCH
    return (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds


PARSE = {
    "int64": int,
    "double": float,
    "boolean": lambda text: text.lower() == "true",
    "date": date.fromisoformat,
    "timestamp": microseconds,
    "timestamp-utc": microseconds,
    "text": str,
}


# Stands for a quoted empty field, which csv.reader takes for an empty one without quotes.
QUOTED_EMPTY = "\ue000"


def value_of(kind, field):
    if field == QUOTED_EMPTY:
        return "" if kind == "text" else None
    return PARSE[kind](field) if field else None


def expected_columns(case):
    """The values of each column by the CSV. They are kept beside the CSV for the next library: parsing takes seconds."""
    kept = case["csv"] + ".pickle"
    if os.path.exists(kept):
        with open(kept, "rb") as file:
            return pickle.load(file)
    columns = parsed_columns(case)
    with open(kept, "wb") as file:
        pickle.dump(columns, file)
    return columns


def parsed_columns(case):
    with open(case["csv"], encoding="utf-8-sig", newline="") as file:
        text = re.sub(r'(^|,)""(?=,|\r?$)', r"\1" + QUOTED_EMPTY, file.read(), flags=re.MULTILINE)
        header, *records = (record for record in csv.reader(io.StringIO(text, newline="")) if record)
    names = [name for name, _ in case["columns"]]
    assert header == names, f"the case is wrong about its columns: {header} is not {names}"
    return {
        name: [value_of(kind, record[i]) for record in records]
        for i, (name, kind) in enumerate(case["columns"])
    }


class PyArrow:
    types = {
        "int64": "int64",
        "double": "double",
        "boolean": "bool",
        "date": "date32[day]",
        "timestamp": "timestamp[us]",
        "timestamp-utc": "timestamp[us, tz=UTC]",
        "text": "string",
    }

    def __init__(self, path):
        import pyarrow.compute
        import pyarrow.parquet

        self.compute, self.parquet, self.path = pyarrow.compute, pyarrow.parquet, path
        self.table = pyarrow.parquet.read_table(path)
        self.metadata = pyarrow.parquet.ParquetFile(path).metadata

    def schema(self):
        return [(field.name, str(field.type)) for field in self.table.schema]

    def values(self, name, kind):
        column = self.table.column(self.table.schema.get_field_index(name))
        return (column.cast("int64") if kind.startswith("timestamp") else column).to_pylist()

    def null_count(self, name):
        index = self.table.schema.get_field_index(name)
        groups = [self.metadata.row_group(i).column(index) for i in range(self.metadata.num_row_groups)]
        return sum(group.statistics.null_count for group in groups)

    def found(self, name, kind, value):
        field = self.compute.field(name)
        wanted = field.is_null() if value is None else field == self.scalar(kind, value)
        return self.parquet.read_table(self.path, columns=[name], filters=wanted).num_rows

    def scalar(self, kind, value):
        import pyarrow

        if kind.startswith("timestamp"):
            return pyarrow.scalar(value, pyarrow.timestamp("us", "UTC" if kind == "timestamp-utc" else None))
        return pyarrow.scalar(value)


class DuckDB:
    types = {
        "int64": "BIGINT",
        "double": "DOUBLE",
        "boolean": "BOOLEAN",
        "date": "DATE",
        "timestamp": "TIMESTAMP",
        "timestamp-utc": "TIMESTAMP WITH TIME ZONE",
        "text": "VARCHAR",
    }

    def __init__(self, path):
        import duckdb

        self.query = lambda sql, *values: duckdb.execute(sql, [path, *values]).fetchall()

    def schema(self):
        return [row[:2] for row in self.query("DESCRIBE SELECT * FROM read_parquet($1)")]

    def values(self, name, kind):
        return [row[0] for row in self.query(f"SELECT {self.term(name, kind)} FROM read_parquet($1)")]

    def null_count(self, name):
        sql = "SELECT coalesce(sum(stats_null_count), 0) FROM parquet_metadata($1) WHERE path_in_schema = $2"
        return self.query(sql, name)[0][0]

    def found(self, name, kind, value):
        column = quoted(name)
        if value is None:
            return self.query(f"SELECT count(*) FROM read_parquet($1) WHERE {column} IS NULL")[0][0]
        make = {"timestamp": "make_timestamp($2)", "timestamp-utc": "make_timestamptz($2)"}.get(kind, "$2")
        return self.query(f"SELECT count(*) FROM read_parquet($1) WHERE {column} = {make}", value)[0][0]

    def term(self, name, kind):
        return f"epoch_us({quoted(name)})" if kind.startswith("timestamp") else quoted(name)


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


class Polars:
    types = {
        "int64": "Int64",
        "double": "Float64",
        "boolean": "Boolean",
        "date": "Date",
        "timestamp": "Datetime(time_unit='us', time_zone=None)",
        "timestamp-utc": "Datetime(time_unit='us', time_zone='UTC')",
        "text": "String",
    }

    def __init__(self, path):
        import polars

        self.polars, self.path = polars, path
        self.frame = polars.read_parquet(path)

    def schema(self):
        return [(name, str(kind)) for name, kind in self.frame.schema.items()]

    def values(self, name, kind):
        column = self.frame[name]
        return (column.to_physical() if kind.startswith("timestamp") else column).to_list()

    def null_count(self, name):
        return self.frame[name].null_count()

    def found(self, name, kind, value):
        column = self.polars.col(name)
        wanted = column.is_null() if value is None else column == self.literal(name, kind, value)
        return self.polars.scan_parquet(self.path).filter(wanted).select(self.polars.len()).collect().item()

    def literal(self, name, kind, value):
        literal = self.polars.lit(value)
        return literal.cast(self.frame.schema[name]) if kind.startswith("timestamp") else literal


def same(found, expected):
    if len(found) != len(expected):
        return False
    return all(a == b or (a != a and b != b) for a, b in zip(found, expected))


def differences(case, reader):
    columns = expected_columns(case)
    wanted = [(name, reader.types[kind]) for name, kind in case["columns"]]
    if reader.schema() != wanted:
        yield f"schema: found {reader.schema()}, expected {wanted}"
        return
    for name, kind in case["columns"]:
        expected = columns[name]
        if not same(reader.values(name, kind), expected):
            yield f"values of {name}"
        nulls = expected.count(None)
        if reader.null_count(name) != nulls:
            yield f"null count of {name}: found {reader.null_count(name)}, expected {nulls}"
        ordered = [value for value in expected if value is not None and not (kind == "double" and math.isnan(value))]
        for value in {min(ordered), max(ordered), None} if ordered else {None}:
            found = reader.found(name, kind, value)
            if found != expected.count(value):
                yield f"rows with {name} = {value!r}: found {found}, expected {expected.count(value)}"


def main():
    reader = {"pyarrow": PyArrow, "duckdb": DuckDB, "polars": Polars}[sys.argv[1]]
    with open(sys.argv[2]) as file:
        cases = json.load(file)
    print(
        json.dumps(
            [
                f"{os.path.basename(case['csv'])}: {difference}"
                for case in cases
                for difference in differences(case, reader(case["parquet"]))
            ]
        )
    )


if __name__ == "__main__":
    main()
