import os
import tempfile

import pyarrow
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.expressions import EqualTo
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import DoubleType, IntegerType, LongType, NestedField, StringType

os.environ.setdefault("ICEBERG_BENCHMARK_INPUTS", tempfile.gettempdir())
import spark  # noqa: E402
from timing import measure  # noqa: E402

# The same rows in the same files; PyIceberg deletes by copy-on-write alone, Spark in both modes.
ROWS = 125_000
FILES = 16
SCHEMA = Schema(
    NestedField(1, "id", LongType(), required=True),
    NestedField(2, "town", StringType(), required=True),
    NestedField(3, "distance", DoubleType(), required=True),
    NestedField(4, "tip", DoubleType()),
    NestedField(5, "reference", StringType(), required=True),
    NestedField(6, "vendor", IntegerType(), required=True),
)
ARROW = pyarrow.schema(
    [
        pyarrow.field("id", pyarrow.int64(), nullable=False),
        pyarrow.field("town", pyarrow.string(), nullable=False),
        pyarrow.field("distance", pyarrow.float64(), nullable=False),
        pyarrow.field("tip", pyarrow.float64()),
        pyarrow.field("reference", pyarrow.string(), nullable=False),
        pyarrow.field("vendor", pyarrow.int32(), nullable=False),
    ]
)


def batch(number):
    ids = range(number * ROWS, (number + 1) * ROWS)
    mixed = [((row * 0x9E3779B97F4A7C15) & (1 << 64) - 1) >> 20 for row in ids]
    return pyarrow.table(
        [
            pyarrow.array(ids, pyarrow.int64()),
            pyarrow.array(["town %d" % (number % 4)] * ROWS),
            pyarrow.array([value % 10_000 / 100 for value in mixed]),
            pyarrow.array([value % 500 / 100 if value % 3 else None for value in mixed]),
            pyarrow.array(["reference %d" % value for value in mixed]),
            pyarrow.array([value % 10 for value in mixed], pyarrow.int32()),
        ],
        schema=ARROW,
    )


with tempfile.TemporaryDirectory() as folder:
    catalog = SqlCatalog(
        "bench", uri="sqlite:///%s/c.db" % folder, warehouse="file://" + folder
    )
    catalog.create_namespace("bench")
    spec = PartitionSpec(PartitionField(2, 1000, IdentityTransform(), "town"))
    table = catalog.create_table("bench.trips", SCHEMA, partition_spec=spec)
    for number in range(FILES):
        table.append(batch(number))
    snapshot = table.current_snapshot().snapshot_id
    rounds = [0]

    def delete(filter_):
        # A branch for each round: all of them delete from the same snapshot.
        rounds[0] += 1
        branch = "round-%d" % rounds[0]
        table.manage_snapshots().create_branch(snapshot, branch).commit()
        table.delete(filter_, branch=branch)

    for name, filter_ in [
        ("a tenth", EqualTo("vendor", 7)),
        ("a row", EqualTo("id", 1_000_000)),
    ]:
        measure(
            "delete-rows v2 %s, copy-on-write, of PyIceberg" % name,
            ROWS * FILES / 1e6,
            "M rows",
            lambda: delete(filter_),
            rounds=3,
        )

with spark.session("delete-rows.warehouse") as ask:
    for version, mode in [(2, "copy-on-write"), (2, "merge-on-read"), (3, "merge-on-read")] if ask else []:
        table = "ice.bench.v%d" % version

        def run(statement):
            answer = ask(statement)
            if not answer.startswith("ok"):
                raise RuntimeError(answer)

        def delete(filter_):
            run("DELETE FROM %s.branch_%s WHERE %s" % (table, branches.pop(), filter_))

        run("ALTER TABLE %s SET TBLPROPERTIES ('write.delete.mode' = '%s')" % (table, mode))
        for name, filter_ in [("a tenth", "vendor = 7"), ("a row", "id = 1000000")]:
            # One for the round that does not count.
            branches = ["%s_%d" % (mode.replace("-", "_") + name[-3:], round) for round in range(4)]
            for branch in branches:
                run("ALTER TABLE %s CREATE BRANCH %s" % (table, branch))
            measure(
                "delete-rows v%d %s, %s, of Spark" % (version, name, mode),
                ROWS * FILES / 1e6,
                "M rows",
                lambda: delete(filter_),
                rounds=3,
            )
