"""The assignment's server, written as the assignment asks: grpcio with 8 threads, one global lock, pyarrow for both formats.

Run with the course's pinned packages: python reference_server.py --port 0 --data-dir DIR. Prints `listening on HOST:PORT`.
"""

import argparse
import pathlib
import sys
import threading
from concurrent import futures

import grpc
import pyarrow
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
import table_pb2
import table_pb2_grpc

lock = threading.Lock()
uploads = []  # (column names, CSV path, Parquet path); only touched with the lock held
next_id = 0


class Table(table_pb2_grpc.TableServicer):
    def __init__(self, data_dir):
        self.data_dir = data_dir

    def Upload(self, request, context):
        global next_id
        try:
            with lock:
                upload_id = next_id
                next_id += 1
            csv_path = self.data_dir / f"{upload_id}.csv"
            parquet_path = self.data_dir / f"{upload_id}.parquet"
            csv_path.write_bytes(request.csv_data)
            table = pyarrow.csv.read_csv(pyarrow.BufferReader(request.csv_data))
            pyarrow.parquet.write_table(table, parquet_path)
            with lock:
                uploads.append((table.column_names, csv_path, parquet_path))
            return table_pb2.UploadResp()
        except Exception as error:
            return table_pb2.UploadResp(error=str(error))

    def ColSum(self, request, context):
        try:
            with lock:
                snapshot = list(uploads)
            total = 0
            for columns, csv_path, parquet_path in snapshot:
                if request.column not in columns:
                    continue
                if request.format == "csv":
                    only_this = pyarrow.csv.ConvertOptions(include_columns=[request.column])
                    table = pyarrow.csv.read_csv(csv_path, convert_options=only_this)
                elif request.format == "parquet":
                    table = pyarrow.parquet.read_table(parquet_path, columns=[request.column])
                else:
                    raise ValueError(f"unknown format {request.format!r}: use csv or parquet")
                total += pyarrow.compute.sum(table[request.column]).as_py() or 0
            return table_pb2.ColSumResp(total=total)
        except Exception as error:
            return table_pb2.ColSumResp(error=str(error))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=5440)
    parser.add_argument("--data-dir", type=pathlib.Path, required=True)
    flags = parser.parse_args()
    server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=8),
        options=[("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", -1)],
    )
    table_pb2_grpc.add_TableServicer_to_server(Table(flags.data_dir), server)
    port = server.add_insecure_port(f"127.0.0.1:{flags.port}")
    server.start()
    print(f"listening on 127.0.0.1:{port}", flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
