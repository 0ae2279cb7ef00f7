from timing import measure, path

import pyarrow as pa
import pyarrow.parquet as pq

pa.set_cpu_count(1)
table = pq.read_table(path("trips.parquet"), use_threads=False)


def write(codec):
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression=codec)
    return sink.getvalue().size


for codec in ("zstd", "snappy", "none"):
    size = write(codec) // 1_000_000
    name = "parquet-encode %s of PyArrow" % codec
    measure(name, table.num_rows / 1e6, "M rows", lambda: write(codec), rounds=5, note="%d MB written" % size)
