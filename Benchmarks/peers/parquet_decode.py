from timing import measure, path

import pyarrow as pa
import pyarrow.parquet as pq

pa.set_cpu_count(1)
for codec in ("zstd", "snappy", "uncompressed"):
    with open(path("trips-%s.parquet" % codec), "rb") as file:
        data = pa.py_buffer(file.read())
    rows = pq.read_metadata(pa.BufferReader(data)).num_rows
    name = "parquet-decode %s of PyArrow" % codec
    measure(name, rows / 1e6, "M rows", lambda: pq.read_table(pa.BufferReader(data), use_threads=False), rounds=7)
