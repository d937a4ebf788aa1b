"""Polars in process: lazy scans on the streaming engine."""

import polars

from worker import serve, timed_sum

POLARS_TYPES = {
    "int64": polars.Int64,
    "double": polars.Float64,
    "text": polars.String,
    "date": polars.Date,
    "timestamp": polars.Datetime,
}


def sum_column(column, format, files, types):
    if format == "parquet":
        frame = polars.scan_parquet(files)
    else:
        frame = polars.scan_csv(files, schema={name: POLARS_TYPES[type] for name, type in types.items()})
    return frame.select(polars.col(column).sum()).collect(engine="streaming").item()


serve(sum=lambda **question: timed_sum(lambda: sum_column(**question)))
