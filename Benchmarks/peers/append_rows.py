import tempfile

from timing import measure, path

import pyarrow.parquet
from pyiceberg.catalog.sql import SqlCatalog

# The same rows in memory, appended to tables on the local disk.
rows = pyarrow.parquet.read_table(path("append-rows.parquet"))
with tempfile.TemporaryDirectory() as folder:
    catalog = SqlCatalog("bench", uri="sqlite:///%s/c.db" % folder, warehouse="file://" + folder)
    catalog.create_namespace("bench")
    for name, columns in [("one file", []), ("five partitions", ["vendor"])]:
        table = catalog.create_table("bench.%s" % name.replace(" ", "_"), rows.schema)
        with table.update_spec() as spec:
            for column in columns:
                spec.add_identity(column)
        measure(
            "append-rows %s of PyIceberg" % name,
            rows.num_rows / 1e6,
            "M rows",
            lambda: table.append(rows),
            rounds=5,
        )
