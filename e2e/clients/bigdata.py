"""Uploads a big table, one batch after the other: by default 400 batches of 250,000 rows.

Row i of batch b is 1,i,b*1000+i%1000, so that x sums to the number of rows.
"""

import argparse
import os
import sys
import time

import grpc
import table_pb2
import table_pb2_grpc


def batch_csv(batch, rows):
    lines = [f"1,{i},{batch * 1000 + i % 1000}\n" for i in range(rows)]
    return ("x,y,z\n" + "".join(lines)).encode()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--batches", type=int, default=400)
    parser.add_argument("--rows", type=int, default=250_000)
    options = parser.parse_args()

    channel = grpc.insecure_channel(f"localhost:{os.environ.get('TABLE_PORT', '5440')}")
    stub = table_pb2_grpc.TableStub(channel)
    seconds = 0.0
    for batch in range(options.batches):
        data = batch_csv(batch, options.rows)
        started = time.monotonic()
        resp = stub.Upload(table_pb2.UploadReq(csv_data=data))
        seconds += time.monotonic() - started
        if resp.error:
            sys.exit(f"batch {batch}: {resp.error}")
    print(f"uploaded {options.batches} batches of {options.rows} rows in {seconds:.1f} s")


if __name__ == "__main__":
    main()
