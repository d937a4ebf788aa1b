"""Calls the server for the tests, many calls at once, each from a client and a connection of its own.

One JSON object a line on standard input is one call:
  {"id": 1, "call": "upload", "path": "file.csv", "gzip": false, "upload_id": null}
  {"id": 2, "call": "sum", "column": "x", "format": "csv"}
  {"id": 3, "call": "store", "path": "file.csv", "upload_id": null, "name": null}: an upload that is answered with all fields
TABLE_CA (a file) makes it TLS; TABLE_CERT and TABLE_KEY (files) say who it is; TABLE_TOKEN goes with each call.
Its answer is one line on standard output, in the order in which the calls end: the fields of the response,
int64 as text, or "status" and "details" of a failed call.
"""

import json
import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
import table_pb2
import table_pb2_grpc

ADDRESS = f"localhost:{os.environ['TABLE_PORT']}"
# By default the channels of one process to one address share a connection.
OWN_CONNECTION = [("grpc.use_local_subchannel_pool", 1)]

TOKEN = os.environ.get("TABLE_TOKEN")
METADATA = [("authorization", f"Bearer {TOKEN}")] if TOKEN else []

printing = threading.Lock()


def content(variable):
    path = os.environ.get(variable)
    if path is None:
        return None
    with open(path, "rb") as file:
        return file.read()


def open_channel():
    authority = content("TABLE_CA")
    if authority is None:
        return grpc.insecure_channel(ADDRESS, OWN_CONNECTION)
    credentials = grpc.ssl_channel_credentials(authority, content("TABLE_KEY"), content("TABLE_CERT"))
    return grpc.secure_channel(ADDRESS, credentials, OWN_CONNECTION)


def send(stub, call):
    with open(call["path"], "rb") as file:
        request = table_pb2.UploadReq(csv_data=file.read())
    compression = grpc.Compression.Gzip if call.get("gzip") else None
    metadata = METADATA + ([("upload-id", call["upload_id"])] if call["upload_id"] else [])
    if call.get("name"):
        metadata = metadata + [("upload-name-bin", call["name"].encode())]
    return stub.Upload(request, compression=compression, metadata=metadata)


def upload(stub, call):
    return {"error": send(stub, call).error}


def store(stub, call):
    resp = send(stub, call)
    return {
        "error": resp.error,
        "upload": resp.id,
        "rows": resp.rows,
        "columns": [f"{column.name} {column.type}" for column in resp.columns],
        "warnings": list(resp.warnings),
    }


def column_sum(stub, call):
    request = table_pb2.ColSumReq(column=call["column"], format=call["format"])
    resp = stub.ColSum(request, metadata=METADATA)
    return {"total": str(resp.total), "error": resp.error}


def answer(line):
    call = json.loads(line)
    try:
        with open_channel() as channel:
            stub = table_pb2_grpc.TableStub(channel)
            result = {"upload": upload, "store": store, "sum": column_sum}[call["call"]](stub, call)
    except grpc.RpcError as error:
        result = {"status": error.code().name, "details": error.details()}
    except Exception as error:
        result = {"failure": repr(error)}
    with printing:
        print(json.dumps({"id": call["id"], **result}), flush=True)


with ThreadPoolExecutor(max_workers=32) as pool:
    for line in sys.stdin:
        pool.submit(answer, line)
