"""Writes the Puffin files of this folder. See SOURCE.md."""

import json
import pathlib
import struct

import pyarrow

HERE = pathlib.Path(__file__).parent
MAGIC = b"PFA1"
TEXT = ("a sketch of nothing, " * 20).encode()


def compressed(data, codec):
    return pyarrow.compress(data, codec=codec, asbytes=True) if codec else data


def puffin(name, footer_codec):
    out = bytearray(MAGIC)
    blobs = []
    for codec in [None, "lz4", "zstd"]:
        stored = compressed(TEXT, codec)
        blob = {"type": "text-" + (codec or "plain"), "fields": [3, 1], "snapshot-id": 12, "sequence-number": 4}
        blob |= {"offset": len(out), "length": len(stored)}
        if codec:
            blob["compression-codec"] = codec
        blobs.append(blob)
        out += stored
    blobs[0]["properties"] = {"words": "4"}
    payload = json.dumps({"blobs": blobs, "properties": {"created-by": "generate.py"}}).encode()
    payload = compressed(payload, footer_codec)
    out += MAGIC + payload + struct.pack("<iI", len(payload), 1 if footer_codec else 0) + MAGIC
    (HERE / name).write_bytes(out)


puffin("plain-footer.puffin", None)
puffin("lz4-footer.puffin", "lz4")
