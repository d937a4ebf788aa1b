import os
import sys

import grpc
import table_pb2
import table_pb2_grpc


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: python3 csvsum.py COLUMN")
    channel = grpc.insecure_channel(f"localhost:{os.environ.get('TABLE_PORT', '5440')}")
    stub = table_pb2_grpc.TableStub(channel)
    resp = stub.ColSum(table_pb2.ColSumReq(column=sys.argv[1], format="csv"))
    if resp.error:
        print(resp.error)
    else:
        print(resp.total)


if __name__ == "__main__":
    main()
