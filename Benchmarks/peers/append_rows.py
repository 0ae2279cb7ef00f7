import tempfile

from timing import measure, path

import pyarrow.parquet
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.transforms import IdentityTransform

# The same rows in memory, appended to tables on the local disk.
rows = pyarrow.parquet.read_table(path("append-rows.parquet"))
vendor = rows.column_names.index("vendor") + 1
with tempfile.TemporaryDirectory() as folder:
    catalog = SqlCatalog("bench", uri="sqlite:///%s/c.db" % folder, warehouse="file://" + folder)
    catalog.create_namespace("bench")
    for name, fields in [
        ("one file", []),
        ("five partitions", [PartitionField(vendor, 1000, IdentityTransform(), "vendor")]),
    ]:
        table = catalog.create_table(
            "bench.%s" % name.replace(" ", "_"), rows.schema, partition_spec=PartitionSpec(*fields)
        )
        measure(
            "append-rows %s of PyIceberg" % name,
            rows.num_rows / 1e6,
            "M rows",
            lambda: table.append(rows),
            rounds=5,
        )
