"""Calls the server for the tests, many calls at once, each from a client and a connection of its own.

One JSON object a line on standard input is one call:
  {"id": 1, "call": "upload", "path": "file.csv", "gzip": false, "upload_id": null}
  {"id": 2, "call": "sum", "column": "x", "format": "csv"}
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
# Without it, channels of one process to one address share a connection.
OWN_CONNECTION = [("grpc.use_local_subchannel_pool", 1)]

printing = threading.Lock()


def upload(stub, call):
    with open(call["path"], "rb") as file:
        request = table_pb2.UploadReq(csv_data=file.read())
    compression = grpc.Compression.Gzip if call["gzip"] else None
    metadata = [("upload-id", call["upload_id"])] if call["upload_id"] else None
    return {"error": stub.Upload(request, compression=compression, metadata=metadata).error}


def column_sum(stub, call):
    resp = stub.ColSum(table_pb2.ColSumReq(column=call["column"], format=call["format"]))
    return {"total": str(resp.total), "error": resp.error}


def answer(line):
    call = json.loads(line)
    try:
        with grpc.insecure_channel(ADDRESS, OWN_CONNECTION) as channel:
            stub = table_pb2_grpc.TableStub(channel)
            result = {"upload": upload, "sum": column_sum}[call["call"]](stub, call)
    except grpc.RpcError as error:
        result = {"status": error.code().name, "details": error.details()}
    except Exception as error:
        result = {"failure": repr(error)}
    with printing:
        print(json.dumps({"id": call["id"], **result}), flush=True)


with ThreadPoolExecutor(max_workers=32) as pool:
    for line in sys.stdin:
        pool.submit(answer, line)
