"""Calls what a client can do with stored uploads, and prints what it is answered as one JSON object.

    wire.py FILE

Uploads the file in parts, lists it, downloads it, and deletes it. Then asks for the health, and calls GetUpload as a tool does that knows
only what reflection says. The stubs of health and reflection are found beside those of the table, on PYTHONPATH.
"""

import json
import os
import sys
import zlib

import grpc
import health_pb2
import health_pb2_grpc
import reflection_pb2
import reflection_pb2_grpc
import table_pb2
import table_pb2_grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PART_BYTES = 100_000


def parts(content):
    for start in range(0, len(content), PART_BYTES):
        yield table_pb2.UploadPart(csv_data=content[start : start + PART_BYTES])


def pages(stub):
    cursor = ""
    while True:
        resp = stub.ListUploads(table_pb2.ListUploadsReq(page_size=2, cursor=cursor, oldest_first=True))
        yield [upload.id for upload in resp.uploads]
        cursor = resp.next_cursor
        if not cursor:
            return


def download(stub, upload, file_format):
    call = stub.Download(table_pb2.DownloadReq(id=upload, format=file_format))
    received = list(call)
    content = b"".join(part.data for part in received)
    checksum = dict(call.trailing_metadata()).get("crc32")
    return {
        "error": "".join(part.error for part in received),
        "bytes": len(content),
        "checksum": checksum == f"{zlib.crc32(content):08x}",
        "content": content,
    }


def by_reflection(channel, upload):
    """Calls GetUpload without the stubs of the table."""
    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    requests = [
        reflection_pb2.ServerReflectionRequest(list_services=""),
        reflection_pb2.ServerReflectionRequest(file_containing_symbol="Table"),
    ]
    services, file = stub.ServerReflectionInfo(iter(requests))
    pool = descriptor_pool.DescriptorPool()
    for serialized in file.file_descriptor_response.file_descriptor_proto:
        pool.Add(descriptor_pb2.FileDescriptorProto.FromString(serialized))
    method = pool.FindServiceByName("Table").FindMethodByName("GetUpload")
    request = message_factory.GetMessageClass(method.input_type)
    response = message_factory.GetMessageClass(method.output_type)
    call = channel.unary_unary(
        "/Table/GetUpload", request_serializer=request.SerializeToString, response_deserializer=response.FromString
    )
    return {
        "services": [service.name for service in services.list_services_response.service],
        "name": call(request(id=upload)).upload.name,
    }


def main():
    with open(sys.argv[1], "rb") as file:
        content = file.read()
    with grpc.insecure_channel(f"localhost:{os.environ['TABLE_PORT']}") as channel:
        stub = table_pb2_grpc.TableStub(channel)
        stored = stub.UploadStream(parts(content), metadata=[("upload-name", "wire.csv")])
        for _ in range(2):
            stub.Upload(table_pb2.UploadReq(csv_data=b"x\n1\n"))
        csv, parquet = (download(stub, stored.id, file_format) for file_format in ["csv", "parquet"])
        upload = stub.GetUpload(table_pb2.GetUploadReq(id=stored.id)).upload
        answers = {
            "stored": {"error": stored.error, "id": stored.id, "rows": stored.rows},
            "pages": list(pages(stub)),
            "upload": [upload.name, upload.rows, upload.csv_bytes == len(content), upload.parquet_bytes == parquet["bytes"]],
            "same": csv.pop("content") == content and parquet.pop("content")[:4] == b"PAR1",
            "checksums": [csv["checksum"], parquet["checksum"]],
            "reflection": by_reflection(channel, stored.id),
            "deleted": [stub.DeleteUpload(table_pb2.DeleteUploadReq(id=stored.id)).error for _ in range(2)],
            "missing": download(stub, stored.id, "csv")["error"],
            "left": list(pages(stub)),
            "sum": stub.ColSum(table_pb2.ColSumReq(column="x", format="csv")).total,
            "health": health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(service="Table")).status,
        }
    print(json.dumps(answers))


main()
