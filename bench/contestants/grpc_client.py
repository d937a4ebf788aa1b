"""The gRPC client of the bench: python grpc_client.py HOST:PORT"""

import pathlib
import sys
import time
from concurrent import futures

import grpc

from worker import serve, timed_sum

sys.path.insert(0, str(pathlib.Path(__file__).parents[2]))
import table_pb2
import table_pb2_grpc

stubs = []


def connect(clients):
    """Returns the stubs of `count` clients, each with a connection of its own."""
    while len(stubs) < clients:
        channel = grpc.insecure_channel(sys.argv[1], options=[("grpc.use_local_subchannel_pool", 1)])
        grpc.channel_ready_future(channel).result(timeout=10)
        stubs.append(table_pb2_grpc.TableStub(channel))
    return stubs[:clients]


def upload(files, clients):
    waiting = iter([(file, table_pb2.UploadReq(csv_data=pathlib.Path(file).read_bytes())) for file in files])

    def send(stub):
        for file, request in waiting:
            response = stub.Upload(request)
            if response.error:
                raise RuntimeError(f"upload of {file}: {response.error}")

    connected = connect(clients)
    start = time.perf_counter()
    with futures.ThreadPoolExecutor(clients) as pool:
        list(pool.map(send, connected))
    return {"ms": (time.perf_counter() - start) * 1000}


def sum_column(column, format):
    response = connect(1)[0].ColSum(table_pb2.ColSumReq(column=column, format=format))
    if response.error:
        raise RuntimeError(f"{format} sum of {column}: {response.error}")
    return response.total


serve(upload=upload, sum=lambda column, format: timed_sum(lambda: sum_column(column, format)))
