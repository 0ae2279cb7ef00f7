import io

import fastavro
from timing import measure, path

with open(path("large-m0.avro"), "rb") as file:
    reader = fastavro.reader(file)
    schema = fastavro.parse_schema(reader.writer_schema)
    records = list(reader)


def write(codec):
    fastavro.writer(io.BytesIO(), schema, records, codec=codec)


measure("manifest-encode deflate of fastavro", len(records), "entries", lambda: write("deflate"), rounds=1)
