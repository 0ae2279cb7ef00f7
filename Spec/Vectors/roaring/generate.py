"""Writes the bitmaps of this folder. See SOURCE.md."""

import json
import pathlib

from pyroaring import BitMap, BitMap64

HERE = pathlib.Path(__file__).parent

SETS = {
    "empty": [],
    "array": [range(1, 2), range(5, 6), range(65535, 65538)],
    "array-full": [range(0, 2 * 4096, 2)],
    "bitset": [range(0, 2 * 4097, 2)],
    "bitset-full": [range(0, 1 << 16)],
    "runs": [range(10, 2000), range(3000, 3001), range(70000, 200000)],
    "five-containers": [range(k << 16, (k << 16) + 5 * k) for k in range(1, 6)],
    "highest": [range((1 << 32) - 3, 1 << 32)],
}

expected = {}
for name, ranges in SETS.items():
    values = [value for run in ranges for value in run]
    for form in ["plain", "runs"]:
        bitmap = BitMap(values, optimize=False)
        if form == "runs":
            bitmap.run_optimize()
        (HERE / f"{name}-{form}.bin").write_bytes(bitmap.serialize())
    expected[name] = [[run.start, run.stop, run.step] for run in ranges]

values = [1, 1 << 32, (1 << 32) + 1, (7 << 32) + 70000, (1 << 63) - 2]
wide = BitMap64(values)
wide.run_optimize()
(HERE / "wide-64.bin").write_bytes(wide.serialize())
expected["wide"] = [[value, value + 1, 1] for value in values]

text = ",\n".join(f'  "{name}": {json.dumps(parts)}' for name, parts in expected.items())
(HERE / "integers.json").write_text("{\n" + text + "\n}\n")
