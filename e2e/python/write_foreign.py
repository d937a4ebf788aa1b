"""Writes Parquet files of integers in the ways other programs write them; prints their names and exact sums.

usage: write_foreign.py DIRECTORY
"""

import itertools
import json
import os
import random
import sys

import pyarrow as pa
import pyarrow.parquet as pq

directory = sys.argv[1]
random.seed(7)


def column(low, high, nulls, distinct, rows):
    values = [random.randint(low, high) for _ in range(distinct or rows)]
    return [None if random.random() < nulls else random.choice(values) for _ in range(rows)]


types = {
    "int64": (pa.int64(), -(2**63), 2**63 - 1),
    "uint64": (pa.uint64(), 0, 2**64 - 1),
    "int32": (pa.int32(), -(2**31), 2**31 - 1),
    "uint32": (pa.uint32(), 0, 2**32 - 1),
    "int8": (pa.int8(), -128, 127),
}
layouts = {
    "default": {},
    "plain": {"use_dictionary": False, "compression": "none"},
    "dictionary": {"use_dictionary": True, "compression": "none"},
    "delta": {"use_dictionary": False, "column_encoding": "DELTA_BINARY_PACKED", "compression": "none"},
    "zstd": {"compression": "zstd"},
    "gzip": {"compression": "gzip"},
    "brotli": {"compression": "brotli"},
    "pages2": {"data_page_version": "2.0", "compression": "none"},
    "small": {"data_page_size": 512, "row_group_size": 700, "compression": "none"},
}
contents = {  # share of nulls, distinct values, rows
    "random": (0.0, None, 3000),
    "nulls": (0.3, None, 3000),
    "few": (0.1, 9, 3000),
    "one": (0.0, 1, 3000),
    "five rows": (0.0, 2, 5),
    "all null": (1.0, 1, 3000),
}

# Two leaves before the column that is summed.
nested = pa.struct([("a", pa.int64()), ("b", pa.list_(pa.int64()))])

sums = {}
for (type_name, (type_, low, high)), (layout, options), (content, (nulls, distinct, rows)) in itertools.product(
    types.items(), layouts.items(), contents.items()
):
    for nullable in [True, False] if nulls == 0 else [True]:
        values = column(low, high, nulls, distinct, rows)
        schema = pa.schema([pa.field("nested", nested), pa.field("v", type_, nullable=nullable)])
        table = pa.table([[{"a": 1, "b": [2, 3]}] * len(values), values], schema=schema)
        options = dict(options)
        if "column_encoding" in options:
            options["column_encoding"] = {"v": "DELTA_BINARY_PACKED"}
        name = f"{type_name}, {layout}, {content}, {'nullable' if nullable else 'required'}.parquet"
        pq.write_table(table, os.path.join(directory, name), **options)
        sums[name] = str(sum(value for value in values if value is not None))
print(json.dumps(sums))
