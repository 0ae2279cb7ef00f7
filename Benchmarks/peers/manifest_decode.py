import io

import fastavro
from timing import measure, path

from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.manifest import ManifestContent, ManifestFile

with open(path("large-deflate.avro"), "rb") as file:
    data = file.read()
count = sum(1 for _ in fastavro.reader(io.BytesIO(data)))
measure(
    "manifest-decode deflate of fastavro",
    count,
    "entries",
    lambda: list(fastavro.reader(io.BytesIO(data))),
    rounds=3,
)

manifest = ManifestFile.from_args(
    manifest_path="file://" + path("large-deflate.avro"),
    manifest_length=len(data),
    partition_spec_id=0,
    content=ManifestContent.DATA,
    sequence_number=1,
    min_sequence_number=1,
    added_snapshot_id=7,
)
io_ = PyArrowFileIO()
measure(
    "manifest-decode deflate of PyIceberg",
    count,
    "entries",
    lambda: manifest.fetch_manifest_entry(io_, discard_deleted=False),
    rounds=3,
)
