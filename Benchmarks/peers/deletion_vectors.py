from pyroaring import BitMap64
from timing import measure, path

for index, shape in enumerate(["10 % at random", "1 % at random", "10 % in runs of 100"]):
    with open(path("deletion-vector-%d.bin" % index), "rb") as file:
        blob = file.read()
    # The bitmap lies between a length, a mark and a checksum.
    data = blob[8:-4]
    bitmap = BitMap64.deserialize(data)
    name = "deletion-vectors %s of pyroaring" % shape
    measure(name, len(bitmap), "positions", bitmap.serialize, note="written")
    measure(name, len(bitmap), "positions", lambda: BitMap64.deserialize(data), note="read")
