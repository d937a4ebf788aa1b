"""Prints what the generated Python modules say about the service, and the versions they were imported under."""

import json

import google.protobuf
import grpc
import table_pb2
import table_pb2_grpc

FIELD_TYPES = {3: "int64", 5: "int32", 8: "bool", 9: "string", 11: "message", 12: "bytes"}

file = table_pb2.DESCRIPTOR
stub = table_pb2_grpc.TableStub(grpc.insecure_channel("localhost:1"))
print(
    json.dumps(
        {
            "file": file.name,
            "package": file.package,
            "methods": {
                method.name: [method.input_type.name, method.output_type.name]
                for method in file.services_by_name["Table"].methods
            },
            "stub": sorted(vars(stub)),
            "servicer": sorted(name for name in vars(table_pb2_grpc.TableServicer) if name[0] != "_"),
            "messages": {
                message.name: {field.name: [field.number, FIELD_TYPES[field.type]] for field in message.fields}
                for message in file.message_types_by_name.values()
            },
            "versions": {"grpcio": grpc.__version__, "protobuf": google.protobuf.__version__},
        }
    )
)
