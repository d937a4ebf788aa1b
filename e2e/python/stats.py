"""Uploads columns of random numbers and compares their Stats with Python's exact arithmetic.

Arguments: a seed, and how many rounds. A round has 100 columns in two uploads. Prints how many columns had the statistics that Python
finds, in both formats; ends with exit code 1 and says where if one had others.
"""

import math
import os
import random
import struct
import sys
from fractions import Fraction

import grpc
import table_pb2
import table_pb2_grpc

seed, rounds = int(sys.argv[1]), int(sys.argv[2])
draw = random.Random(seed)
stub = table_pb2_grpc.TableStub(grpc.insecure_channel(f"localhost:{os.environ['TABLE_PORT']}"))


def wild():
    """A double of any exponent."""
    while True:
        (value,) = struct.unpack("<d", struct.pack("<Q", draw.getrandbits(64)))
        if math.isfinite(value):
            return value


def doubles(count):
    kind = draw.randrange(3)
    if kind == 0:
        return [wild() for _ in range(count)]
    if kind == 1:
        return [draw.uniform(-1, 1) * 10.0 ** draw.randint(-20, 20) for _ in range(count)]
    # What cancels out, but for something small.
    some = [wild() for _ in range(count // 2)]
    values = some + [-value for value in some] + [draw.uniform(-1, 1)] * (count % 2)
    draw.shuffle(values)
    return values


def integers(count):
    return [draw.randint(-(2**63), 2**63 - 1) for _ in range(count)]


def rounded(number):
    try:
        return float(number)
    except OverflowError:
        return math.copysign(math.inf, number)


def upload(columns):
    rows = zip(*columns.values())
    text = "\n".join([",".join(columns), *(",".join(map(repr, row)) for row in rows)])
    resp = stub.Upload(table_pb2.UploadReq(csv_data=text.encode()))
    assert resp.error == "", resp.error


def check(found, values, where):
    exact = sum(map(Fraction, values))
    if isinstance(values[0], int):
        assert int(found.sum) == sum(values), f"{where}: sum {found.sum}, expected {sum(values)}"
        assert (int(found.min), int(found.max)) == (min(values), max(values)), f"{where}: {found}"
    else:
        assert float(found.sum) == rounded(exact), f"{where}: sum {found.sum}, expected {rounded(exact)!r}"
        try:
            assert float(found.sum) == math.fsum(values), f"{where}: sum {found.sum}, expected fsum"
        except OverflowError:
            pass  # fsum has no sums with larger sums on the way
        assert (float(found.min), float(found.max)) == (min(values), max(values)), f"{where}: {found}"
    mean = rounded(exact / len(values))
    assert float(found.mean) == mean, f"{where}: mean {found.mean}, expected {mean!r}"
    assert (found.rows, found.nulls) == (len(values), 0), f"{where}: {found}"


checked = 0
for number in range(rounds):
    count = draw.randint(2, 30)
    columns = {f"d{number}_{i}": doubles(count) for i in range(60)}
    columns |= {f"i{number}_{i}": integers(count) for i in range(40)}
    cut = draw.randint(1, count - 1)
    upload({name: values[:cut] for name, values in columns.items()})
    upload({name: values[cut:] for name, values in columns.items()})
    for form in ("csv", "parquet"):
        resp = stub.Stats(table_pb2.StatsReq(columns=list(columns), format=form))
        assert resp.error == "", resp.error
        assert [column.name for column in resp.columns] == list(columns)
        for found in resp.columns:
            check(found, columns[found.name], f"seed {seed}, column {found.name}, {form}")
    checked += len(columns)
print(checked)
