import os
import sys

import grpc
import table_pb2
import table_pb2_grpc


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: python3 upload.py FILE.csv")
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    channel = grpc.insecure_channel(f"localhost:{os.environ.get('TABLE_PORT', '5440')}")
    stub = table_pb2_grpc.TableStub(channel)
    resp = stub.Upload(table_pb2.UploadReq(csv_data=data))
    if resp.error:
        print(resp.error)
    else:
        print("success")


if __name__ == "__main__":
    main()
