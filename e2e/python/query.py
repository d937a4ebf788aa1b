"""Compares what Query sends of uploads with their Parquet files, by pyarrow. Prints how many rows were equal."""

import io
import os

import grpc
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import table_pb2
import table_pb2_grpc

stub = table_pb2_grpc.TableStub(grpc.insecure_channel(f"localhost:{os.environ['TABLE_PORT']}"))

HEADER = "n,i,d,b,day,time,utc,s"
VALUES = [
    ["-9223372036854775808", "0", "9223372036854775807"],
    ["1.5", "-0.0", "1e300", "nan", "-inf", "5e-324"],
    ["true", "false"],
    ["0001-01-01", "1969-12-31", "9999-12-31"],
    ["0001-01-01T00:00:00", "1969-12-31 23:59:59.999999", "9999-12-31T23:59:59.999999"],
    ["0001-01-01T00:00:00Z", "2026-11-28T10:00:00.000001+01:00", "9999-12-31T23:59:59.999999Z"],
    ["ü", '""', '"a ""quoted"" text of more than twelve bytes,\nin two lines"', "x" * 12, "y" * 13],
]


def csv(first, rows):
    lines = [HEADER]
    for n in range(first, first + rows):
        # Each column is null in rows of its own.
        cells = ["" if (n + i) % (i + 3) == 0 else values[n % len(values)] for i, values in enumerate(VALUES)]
        lines.append(",".join([str(n), *cells]))
    return "\n".join(lines) + "\n"


def query(sql):
    parts = list(stub.Query(table_pb2.QueryReq(sql=sql)))
    assert not any(part.error for part in parts), parts[-1].error
    with pa.ipc.open_stream(io.BytesIO(b"".join(part.arrow for part in parts))) as reader:
        table = reader.read_all()
    table.validate(full=True)
    return table


def parquet(upload):
    parts = stub.Download(table_pb2.DownloadReq(id=upload, format="parquet"))
    return pq.read_table(io.BytesIO(b"".join(part.data for part in parts)))


def bits(table):
    """The table with its doubles as integers, so that NaN equals NaN and -0.0 does not equal 0.0."""
    doubles = table["d"].combine_chunks()
    words = pa.Array.from_buffers(pa.int64(), len(doubles), doubles.buffers(), offset=doubles.offset)
    return table.set_column(table.schema.get_field_index("d"), "d", words)


stored = []
for first, rows in [(0, 5), (5, 1), (6, 20_000)]:
    resp = stub.Upload(table_pb2.UploadReq(csv_data=csv(first, rows).encode()))
    assert resp.error == "", resp.error
    stored.append(parquet(resp.id))
expected = pa.concat_tables(stored, promote_options="default")
found = query("SELECT * EXCLUDE (_upload, _received_at) FROM data ORDER BY n")
assert found.schema.equals(expected.schema), (found.schema, expected.schema)
assert bits(found).combine_chunks().equals(bits(expected).combine_chunks())

total = query("SELECT sum(n) AS total, count(*) AS rows FROM data WHERE _upload > 0").to_pylist()
assert int(total[0]["total"]) == sum(range(expected.num_rows)), total
uploads = query("SELECT id, rows FROM uploads ORDER BY id").to_pylist()
assert [upload["rows"] for upload in uploads] == [5, 1, 20_000], uploads
print(found.num_rows)
