#!/usr/bin/env python3
"""Writes the vectors of this folder with fastavro: see SOURCE.md."""
import io, json, math, struct
from fastavro import parse_schema, writer

KINDS = {
    "type": "record", "name": "kinds", "namespace": "org.example", "doc": "every kind of value",
    "fields": [
        {"name": "boolean", "type": "boolean", "field-id": 1},
        {"name": "int", "type": "int", "field-id": 2},
        {"name": "long", "type": "long", "field-id": 3},
        {"name": "float", "type": "float", "field-id": 4},
        {"name": "double", "type": "double", "field-id": 5},
        {"name": "bytes", "type": "bytes", "field-id": 6},
        {"name": "string", "type": "string", "field-id": 7, "aliases": ["text"]},
        {"name": "fixed", "type": {"type": "fixed", "name": "four", "size": 4}, "field-id": 8},
        {"name": "suit", "type": {"type": "enum", "name": "suit", "namespace": "org.cards",
                                  "symbols": ["SPADES", "HEARTS", "CLUBS"], "default": "CLUBS"}},
        {"name": "optional", "type": ["null", "long"], "default": None, "field-id": 9},
        {"name": "null_last", "type": ["string", "null"], "default": "", "field-id": 10},
        {"name": "union", "type": ["null", "int", "string", {"type": "array", "items": "int"}]},
        {"name": "ints", "type": {"type": "array", "items": "int", "element-id": 12}, "field-id": 11},
        {"name": "map", "type": {"type": "map", "values": ["null", "double"], "key-id": 14,
                                 "value-id": 15}, "field-id": 13},
        {"name": "pairs", "field-id": 16, "type": {"type": "array", "logicalType": "map", "items": {
            "type": "record", "name": "k17_v18", "fields": [
                {"name": "key", "type": "int", "field-id": 17},
                {"name": "value", "type": "string", "field-id": 18}]}}},
        {"name": "nested", "field-id": 19, "type": ["null", {"type": "record", "name": "inner", "fields": [
            {"name": "again", "type": "four", "field-id": 20},
            {"name": "suit", "type": "org.cards.suit", "field-id": 21}]}], "default": None},
        {"name": "date", "type": {"type": "int", "logicalType": "date"}, "field-id": 22},
        {"name": "ts", "type": {"type": "long", "logicalType": "timestamp-micros",
                                "adjust-to-utc": True}, "field-id": 23},
        {"name": "decimal", "type": {"type": "fixed", "name": "decimal_9_2", "size": 4,
                                     "logicalType": "decimal", "precision": 9, "scale": 2}, "field-id": 24},
    ],
}

def row(n):
    big = (-1) ** n * (1 << min(n * 3, 62)) - n % 2
    return {
        "boolean": n % 2 == 0, "int": max(-2**31, min(2**31 - 1, big)), "long": big,
        "float": [0.0, -0.0, 1.5, math.inf, -math.inf, 3.4028234663852886e38][n % 6],
        "double": [0.1, -0.0, 5e-324, math.inf, -math.inf, 1.7976931348623157e308][n % 6],
        "bytes": bytes(range(n)), "string": ["", "plain", "żółć", "日本", "😀"][n % 5] * (n // 5 + 1),
        "fixed": struct.pack(">i", n * 1_000_003), "suit": ["SPADES", "HEARTS", "CLUBS"][n % 3],
        "optional": None if n % 3 == 0 else n, "null_last": None if n % 4 == 0 else f"row {n}",
        "union": [None, n, f"u{n}", list(range(n % 7))][n % 4],
        "ints": list(range(-n, n)), "map": {f"k{i}": None if i % 2 else i / 4 for i in range(n % 5)},
        "pairs": [{"key": i * i, "value": "v" * i} for i in range(n % 6)],
        "nested": None if n % 5 == 0 else {"again": b"abcd", "suit": "HEARTS"},
        "date": n * 1000, "ts": n * 10**15, "decimal": struct.pack(">i", 100 - n * 77),
    }

SYMBOLS = ["SPADES", "HEARTS", "CLUBS"]

def number(x):
    return x if isinstance(x, int) or math.isfinite(x) else str(x)

def expected(r):
    union = r["union"]
    branch = 0 if union is None else 1 if isinstance(union, int) else 2 if isinstance(union, str) else 3
    return [
        r["boolean"], r["int"], r["long"], number(r["float"]), number(r["double"]), r["bytes"].hex(),
        r["string"], r["fixed"].hex(), SYMBOLS.index(r["suit"]), r["optional"], r["null_last"],
        [branch, union], r["ints"], [[k, v] for k, v in r["map"].items()],
        [[p["key"], p["value"]] for p in r["pairs"]],
        r["nested"] and [r["nested"]["again"].hex(), SYMBOLS.index(r["nested"]["suit"])],
        r["date"], r["ts"], r["decimal"].hex()]

rows = [row(n) for n in range(24)]
schema = parse_schema(KINDS)
for codec in ["null", "deflate", "snappy", "zstandard"]:
    with open(f"kinds-{codec}.avro", "wb") as out:
        # Small blocks, so that there are several.
        writer(out, schema, rows, codec=codec, sync_interval=600, sync_marker=b"0123456789abcdef",
               metadata={"written-by": "fastavro"})
with open("kinds.json", "w") as out:
    out.write("[\n" + ",\n".join(json.dumps(expected(r), ensure_ascii=False) for r in rows) + "\n]\n")
