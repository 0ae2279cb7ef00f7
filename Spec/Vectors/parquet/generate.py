"""Writes the files of this folder, and what PyArrow reads from them; see SOURCE.md."""

import datetime
import decimal
import json
import os
import random
import sys
import zlib

import pyarrow as pa
import pyarrow.parquet as pq

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = 40
rng = random.Random(20)
decimal.getcontext().prec = 100


# What PyArrow reads, in the physical forms that the library has for it.


def widened(half):
    """The bits of a single-precision number, from those of a half-precision one."""
    sign, exponent, fraction = half >> 15 << 31, half >> 10 & 31, half & 1023
    if exponent == 31:
        return sign | 0x7F800000 | fraction << 13
    if exponent == 0:
        shift = 11 - fraction.bit_length() if fraction else 0
        return sign | ((113 - shift) << 23 | (fraction << shift & 1023) << 13 if fraction else 0)
    return sign | exponent + 112 << 23 | fraction << 13


def lists(values, offsets, valid):
    return [values[offsets[i] : offsets[i + 1]] if ok else None for i, ok in enumerate(valid)]


def values(array):
    kind = array.type
    is_ = pa.types
    if isinstance(array, pa.ExtensionArray):
        return values(array.storage)
    if is_.is_dictionary(kind):
        return values(array.dictionary_decode())
    if is_.is_null(kind):
        return [None] * len(array)
    if is_.is_float16(kind):
        bits = array.view(pa.uint16()).to_pylist()
        return [None if v is None else f"f{widened(v):x}" for v in bits]
    if is_.is_float32(kind):
        return [None if v is None else f"f{v:x}" for v in array.view(pa.uint32()).to_pylist()]
    if is_.is_float64(kind):
        return [None if v is None else f"d{v:x}" for v in array.view(pa.uint64()).to_pylist()]
    if is_.is_uint64(kind):
        return [None if v is None else str(v) for v in array.to_pylist()]
    if is_.is_integer(kind) or is_.is_boolean(kind):
        return array.to_pylist()
    if is_.is_date32(kind) or is_.is_time32(kind):
        return array.view(pa.int32()).to_pylist()
    if is_.is_temporal(kind):
        return array.view(pa.int64()).to_pylist()
    if is_.is_decimal(kind):
        return [None if v is None else str(int(v.scaleb(kind.scale))) for v in array.to_pylist()]
    if is_.is_string(kind):
        return values(array.cast(pa.binary()))
    if is_.is_large_string(kind):
        return values(array.cast(pa.large_binary()))
    if is_.is_binary(kind) or is_.is_large_binary(kind) or is_.is_fixed_size_binary(kind):
        return [None if v is None else v.hex() for v in array.to_pylist()]
    valid = array.is_valid().to_pylist()
    if is_.is_map(kind):
        entries = [list(pair) for pair in zip(values(array.keys), values(array.items))]
        return lists(entries, array.offsets.to_pylist(), valid)
    if is_.is_list(kind) or is_.is_large_list(kind):
        return lists(values(array.values), array.offsets.to_pylist(), valid)
    if is_.is_fixed_size_list(kind):
        size = kind.list_size
        offsets = [i * size for i in range(array.offset, array.offset + len(array) + 1)]
        return lists(values(array.values), offsets, valid)
    if is_.is_struct(kind):
        fields = [values(array.field(i)) for i in range(kind.num_fields)]
        return [[field[i] for field in fields] if ok else None for i, ok in enumerate(valid)]
    raise ValueError(f"no form for {kind}")


def text(path):
    """The columns of a file: a line for the name, then a line for each row."""
    table = pq.ParquetFile(path, coerce_int96_timestamp_unit="us").read()
    lines = []
    for name, column in zip(table.column_names, table.columns):
        lines.append(name)
        for chunk in column.chunks:
            lines += [json.dumps(value, separators=(",", ":")) for value in values(chunk)]
    return "".join(line + "\n" for line in lines)


# The files.


def some(make, nulls=0.25):
    return lambda: None if rng.random() < nulls else make()


def many(make, most=4):
    return lambda: [make() for _ in range(rng.randint(0, most))]


def array(kind, make, rows=ROWS):
    return pa.array([make() for _ in range(rows)], type=kind)


def word():
    return "".join(rng.choice("abcxyzäß漢🧊") for _ in range(rng.randint(0, 7)))


def number(digits):
    return lambda: decimal.Decimal(rng.randint(1 - 10**digits, 10**digits - 1))


def instant(limit):
    return lambda: rng.randint(-limit, limit)


def edges(bits, signed=True):
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    return lambda: rng.choice([low, high, 0, rng.randint(low, high), rng.randint(0, 100)])


REALS = [0.0, -0.0, 1.5, -2.25, float("nan"), float("inf"), float("-inf")]
TYPES = {
    "boolean": (pa.bool_(), lambda: rng.random() < 0.5),
    "int8": (pa.int8(), edges(8)),
    "int32": (pa.int32(), edges(32)),
    "int64": (pa.int64(), edges(64)),
    "uint16": (pa.uint16(), edges(16, False)),
    "uint32": (pa.uint32(), edges(32, False)),
    "uint64": (pa.uint64(), edges(64, False)),
    "half": (pa.float16(), lambda: rng.choice(REALS + [6e-8, 65504.0])),
    "float": (pa.float32(), lambda: rng.choice(REALS + [rng.random()])),
    "double": (pa.float64(), lambda: rng.choice(REALS + [rng.random()])),
    "string": (pa.string(), word),
    "binary": (pa.binary(), lambda: rng.randbytes(rng.randint(0, 9))),
    "fixed": (pa.binary(5), lambda: rng.randbytes(5)),
    "decimal4": (pa.decimal128(4, 0), number(4)),
    "decimal15": (pa.decimal128(15, 0), number(15)),
    "decimal38": (pa.decimal128(38, 0), number(38)),
    "date": (pa.date32(), lambda: datetime.date.fromordinal(rng.randint(1, 3_000_000))),
    "time": (pa.time64("us"), lambda: rng.randint(0, 86_399_999_999)),
    "millis": (pa.timestamp("ms"), instant(10**13)),
    "micros": (pa.timestamp("us", "UTC"), instant(10**16)),
    "nanos": (pa.timestamp("ns"), instant(10**18)),
}


def types(names, rows=ROWS, nulls=True):
    columns = {}
    for name in names:
        kind, make = TYPES[name]
        columns[name] = array(kind, some(make) if nulls else make, rows)
    return pa.table(columns)


def required(table):
    fields = [field.with_nullable(False) for field in table.schema]
    return table.cast(pa.schema(fields))


def nested():
    point = pa.struct([("x", pa.int32()), ("tags", pa.list_(pa.string()))])
    make = lambda: {"x": some(edges(32))(), "tags": some(many(some(word)))()}
    strict = pa.list_(pa.field("element", pa.int64(), nullable=False))
    pairs = lambda value: lambda: [(f"k{i}", value()) for i in range(rng.randint(0, 3))]
    return pa.table(
        {
            "list": array(pa.list_(pa.int64()), some(many(some(edges(64))))),
            "strict": array(strict, many(edges(64))),
            "deep": array(
                pa.list_(pa.list_(pa.string())), some(many(some(many(some(word)))))
            ),
            "struct": array(point, some(make)),
            "structs": array(pa.list_(point), some(many(some(make)))),
            "map": array(pa.map_(pa.string(), pa.int32()), some(pairs(some(edges(32))))),
            "maps": array(
                pa.map_(pa.string(), pa.list_(point)), some(pairs(some(many(some(make)))))
            ),
        }
    )


def write(name, table, **options):
    path = os.path.join(HERE, name + ".parquet")
    options = {"compression": "none", "store_schema": False, "write_statistics": False} | options
    pq.write_table(table, path, **options)
    with open(os.path.join(HERE, name + ".txt"), "w") as file:
        file.write(text(path))


def encoded(encoding, names):
    return {"use_dictionary": False, "column_encoding": {name: encoding for name in names}}


def write_all():
    everything = types(TYPES)
    small = {"data_page_size": 60, "write_batch_size": 7}
    write("types-plain", everything, use_dictionary=False)
    write("types-dictionary", everything, compression="snappy", **small)
    write("types-v2", everything, data_page_version="2.0", compression="zstd")
    write("types-required", required(types(TYPES, nulls=False)), row_group_size=15)
    write("nested", nested(), **small)
    write("nested-v2", nested(), data_page_version="2.0", compression="snappy", row_group_size=17)
    write("nested-plain", nested(), use_dictionary=False)

    integers = ["int32", "int64", "date", "micros"]
    texts = ["string", "binary"]
    split = ["int32", "int64", "float", "double", "fixed", "decimal38"]
    many_rows = {"rows": 300}
    write("delta-integers", types(integers, **many_rows), **encoded("DELTA_BINARY_PACKED", integers))
    write("delta-lengths", types(texts), **encoded("DELTA_LENGTH_BYTE_ARRAY", texts), **small)
    write(
        "delta-strings", types(texts + ["fixed"]), **encoded("DELTA_BYTE_ARRAY", texts + ["fixed"])
    )
    write("split", types(split), **encoded("BYTE_STREAM_SPLIT", split), data_page_version="2.0")
    write("runs", types(["boolean"], **many_rows), **encoded("RLE", ["boolean"]))

    few = types(["int32", "string"])
    for codec in ["snappy", "gzip", "brotli", "zstd", "lz4"]:
        write("codec-" + codec, few, compression=codec)
    write("checksums", few, write_page_checksum=True, use_dictionary=["int32"])
    write("int96", types(["micros"]), use_deprecated_int96_timestamps=True)
    write("nulls", pa.table({"int32": pa.nulls(ROWS, pa.int32()), "unknown": pa.nulls(ROWS)}))
    write("empty", everything.slice(0, 0))


# Checksums of what PyArrow reads from files that other programs wrote.


def write_checksums(shared):
    """One line for each file of the corpus and for each golden table that PyArrow reads."""
    lines = []
    groups = {}
    for root, _, names in os.walk(shared):
        for name in names:
            if ".parquet" not in name or name.startswith(".") or name.endswith(".json"):
                continue
            path = os.path.relpath(os.path.join(root, name), shared)
            parts = path.split("/")
            group = path if parts[0] == "corpus" else "/".join(parts[:2])
            groups.setdefault(group, []).append(path)
    for group, paths in sorted(groups.items()):
        checksum = 0
        try:
            for path in sorted(paths):
                checksum = zlib.crc32(text(os.path.join(shared, path)).encode(), checksum)
            lines.append(f"{checksum:08x} {len(paths)} {group}\n")
        except (OSError, pa.ArrowException) as error:
            print(f"{group}: {error}")
    with open(os.path.join(HERE, "shared-checksums.txt"), "w") as file:
        file.writelines(lines)


if len(sys.argv) > 1:
    write_checksums(sys.argv[1])
else:
    write_all()
