"""Writes tables with PyIceberg, each with the rows that went in. Run as `python -m interop.pyiceberg_writer FOLDER`.

What is expected of a reader comes from the Arrow tables that were handed to PyIceberg, not from its own reading."""

import datetime
import decimal
import os
import sys
import uuid

import pyarrow as pa
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import (
    BucketTransform,
    DayTransform,
    HourTransform,
    IdentityTransform,
    MonthTransform,
    TruncateTransform,
    YearTransform,
)
from pyiceberg.types import (
    BinaryType,
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    FixedType,
    FloatType,
    IntegerType,
    ListType,
    LongType,
    MapType,
    NestedField,
    StringType,
    StructType,
    TimestampType,
    TimestamptzType,
    TimeType,
    UUIDType,
)

from interop import values

UTC = datetime.timezone.utc


class Writer:
    def __init__(self, folder):
        self.folder = folder
        self.catalog = SqlCatalog("interop", uri="sqlite:///" + os.path.join(folder, "catalog.db"))
        self.catalog.create_namespace("db")

    def create(self, name, schema, **arguments):
        location = os.path.join(self.folder, name)
        table = self.catalog.create_table("db." + name, schema, location="file://" + location, **arguments)
        return Written(table, location)


class Written:
    """A table together with the rows that it ought to have."""

    def __init__(self, table, location):
        self.table = table
        self.location = location
        self.rows = []

    def arrow(self, rows):
        return pa.Table.from_pylist(rows, schema=self.table.schema().as_arrow())

    def append(self, rows):
        data = self.arrow(rows)
        self.table.append(data)
        self.rows += self.canonical(data)

    def overwrite(self, rows):
        data = self.arrow(rows)
        self.table.overwrite(data)
        self.rows = self.canonical(data)

    def delete(self, condition, keeps):
        self.table.delete(condition)
        self.rows = [row for row in self.rows if keeps(row)]

    def canonical(self, data):
        return values.table_rows(data, self.table.schema().model_dump(by_alias=True, mode="json"))

    def expect(self, snapshot=None):
        """Writes down the rows of now, for the current state or for a snapshot."""
        name = "expected.jsonl" if snapshot is None else "expected-%d.jsonl" % snapshot
        with open(os.path.join(self.location, name), "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in values.lines(self.rows))

    def expect_current_snapshot(self):
        self.expect(self.table.refresh().current_snapshot().snapshot_id)


PRIMITIVES = [
    ("b", BooleanType(), True, False),
    ("i", IntegerType(), -(2**31), 2**31 - 1),
    ("l", LongType(), -(2**63), 2**63 - 1),
    ("f", FloatType(), float("-inf"), 0.1),
    ("d", DoubleType(), float("nan"), -0.0),
    ("dec9", DecimalType(9, 2), decimal.Decimal("-9999999.99"), decimal.Decimal("0.01")),
    ("dec18", DecimalType(18, 18), decimal.Decimal("-0.999999999999999999"), decimal.Decimal(0)),
    ("dec38", DecimalType(38, 10), decimal.Decimal("9999999999999999999999999999.9999999999"), decimal.Decimal(-1)),
    ("date", DateType(), datetime.date(1, 1, 1), datetime.date(9999, 12, 31)),
    ("time", TimeType(), datetime.time(0), datetime.time(23, 59, 59, 999999)),
    ("ts", TimestampType(), datetime.datetime(1969, 12, 31, 23, 59, 59, 999999), datetime.datetime(2024, 2, 29, 12)),
    (
        "tstz",
        TimestamptzType(),
        datetime.datetime(1960, 1, 1, tzinfo=UTC),
        datetime.datetime(2038, 1, 19, 3, 14, 8, 1, tzinfo=UTC),
    ),
    ("s", StringType(), "", "Grüße, 冰山 🧊 \"quoted\"\n"),
    ("u", UUIDType(), uuid.UUID(int=0).bytes, uuid.UUID(int=2**128 - 1).bytes),
    ("fx", FixedType(5), bytes(5), b"\xff" * 5),
    ("bin", BinaryType(), b"", bytes(range(256))),
]


def primitives(writer, version, codec):
    schema = Schema(
        NestedField(1, "id", LongType(), required=True),
        *(NestedField(2 + i, name, kind, required=False) for i, (name, kind, _, _) in enumerate(PRIMITIVES)),
    )
    properties = {"format-version": str(version), "write.parquet.compression-codec": codec}
    written = writer.create("v%d_primitives_%s" % (version, codec), schema, properties=properties)
    low = {name: low for name, _, low, _ in PRIMITIVES}
    high = {name: high for name, _, _, high in PRIMITIVES}
    written.append([{"id": 1, **low}, {"id": 2, **high}, {"id": 3}])
    written.append([{"id": 4 + i, **(low if i % 3 else high)} for i in range(1000)])
    written.expect()


def nested(writer, version):
    point = StructType(NestedField(10, "x", DoubleType()), NestedField(11, "y", DoubleType()))
    schema = Schema(
        NestedField(1, "id", IntegerType(), required=True),
        NestedField(2, "point", point),
        NestedField(3, "tags", ListType(12, StringType(), element_required=False)),
        NestedField(4, "prices", MapType(13, StringType(), 14, DecimalType(9, 2), value_required=False)),
        NestedField(
            5,
            "deep",
            ListType(
                15,
                StructType(
                    NestedField(16, "name", StringType()),
                    NestedField(17, "scores", MapType(18, IntegerType(), 19, ListType(20, LongType(), False), False)),
                ),
                element_required=False,
            ),
        ),
    )
    written = writer.create("v%d_nested" % version, schema, properties={"format-version": str(version)})
    written.append(
        [
            {
                "id": 1,
                "point": {"x": 1.5, "y": None},
                "tags": ["a", None, "é"],
                "prices": [("one", decimal.Decimal("1.00")), ("none", None)],
                "deep": [{"name": "n", "scores": [(1, [1, 2, None]), (2, []), (3, None)]}, None],
            },
            {"id": 2, "point": {"x": None, "y": None}, "tags": [], "prices": [], "deep": []},
            # PyIceberg writes an empty list for a null list of structs, so there is none.
            {"id": 3, "point": None, "tags": None, "prices": None, "deep": []},
        ]
    )
    written.expect()


def partitioned(writer, version, name, transform, column, kind, samples):
    schema = Schema(NestedField(1, "id", IntegerType(), required=True), NestedField(2, column, kind))
    spec = PartitionSpec(PartitionField(2, 1000, transform, column + "_part"))
    written = writer.create(
        "v%d_by_%s" % (version, name), schema, partition_spec=spec, properties={"format-version": str(version)}
    )
    written.append([{"id": i, column: value} for i, value in enumerate([*samples, None])])
    written.append([{"id": 100 + i, column: value} for i, value in enumerate(reversed(samples))])
    written.expect()


def partitions(writer):
    moments = [
        datetime.datetime(1969, 12, 31, 23, 30),
        datetime.datetime(1970, 1, 1),
        datetime.datetime(2024, 2, 29, 12, 59, 59, 999999),
    ]
    days = [moment.date() for moment in moments]
    words = ["", "ice", "iceberg", "eisberg/ü", "冰山一角", "a=b&c%d e"]
    cents = [decimal.Decimal("-0.01"), decimal.Decimal("10.65"), decimal.Decimal("99.99")]
    rows = [
        ("identity_string", IdentityTransform(), "s", StringType(), words),
        ("identity_date", IdentityTransform(), "day", DateType(), days),
        ("identity_decimal", IdentityTransform(), "price", DecimalType(9, 2), cents),
        ("identity_boolean", IdentityTransform(), "flag", BooleanType(), [True, False]),
        ("bucket_long", BucketTransform(4), "n", LongType(), [-1, 0, 34, 2**62]),
        ("bucket_string", BucketTransform(8), "s", StringType(), words),
        ("truncate_string", TruncateTransform(3), "s", StringType(), words),
        ("truncate_int", TruncateTransform(10), "n", IntegerType(), [-11, -1, 0, 9, 10]),
        ("year_date", YearTransform(), "day", DateType(), days),
        ("month_timestamp", MonthTransform(), "at", TimestampType(), moments),
        ("day_timestamp", DayTransform(), "at", TimestampType(), moments),
        ("hour_timestamp", HourTransform(), "at", TimestampType(), moments),
    ]
    for name, transform, column, kind, samples in rows:
        partitioned(writer, 2, name, transform, column, kind, samples)
    partitioned(writer, 1, *rows[0])
    partitioned(writer, 1, *rows[10])


def history(writer, version):
    """Appends, a delete that rewrites files, and an overwrite; every snapshot with its rows."""
    schema = Schema(NestedField(1, "id", LongType(), required=True), NestedField(2, "s", StringType()))
    written = writer.create("v%d_history" % version, schema, properties={"format-version": str(version)})
    written.append([{"id": i, "s": "first %d" % i} for i in range(10)])
    written.expect_current_snapshot()
    written.append([{"id": 10 + i, "s": None} for i in range(5)])
    written.expect_current_snapshot()
    written.delete("id >= 3 and id < 12", lambda row: not 3 <= row["id"] < 12)
    written.expect_current_snapshot()
    written.overwrite([{"id": 99, "s": "only"}])
    written.expect_current_snapshot()
    written.expect()


def evolution(writer):
    """Columns that are added, renamed, widened, moved and dropped between appends."""
    schema = Schema(
        NestedField(1, "id", IntegerType(), required=True),
        NestedField(2, "old", StringType()),
        NestedField(3, "gone", StringType()),
        NestedField(4, "size", FloatType()),
    )
    written = writer.create("v2_evolution", schema, properties={"format-version": "2"})
    written.append([{"id": 1, "old": "a", "gone": "x", "size": 0.5}])
    written.expect_current_snapshot()
    with written.table.update_schema() as update:
        update.rename_column("old", "new")
        update.delete_column("gone")
        update.update_column("id", LongType())
        update.update_column("size", DoubleType())
        update.add_column("extra", IntegerType(), "added later")
        update.move_first("extra")
    written.rows = [{"extra": None, "id": 1, "new": "a", "size": 0.5}]
    written.append([{"extra": 7, "id": 2**40, "new": "b", "size": 0.1}])
    written.expect_current_snapshot()
    written.expect()


def name_mapping(writer):
    """Files without field ids, taken in as they are."""
    import pyarrow.parquet as pq

    schema = Schema(NestedField(1, "id", LongType()), NestedField(2, "s", StringType()))
    written = writer.create("v2_name_mapping", schema, properties={"format-version": "2"})
    data = pa.table({"id": pa.array([1, 2, None], pa.int64()), "s": pa.array(["a", None, "c"])})
    place = os.path.join(written.location, "data", "foreign.parquet")
    os.makedirs(os.path.dirname(place), exist_ok=True)
    pq.write_table(data, place)
    written.table.add_files([place])
    written.rows = [{"id": 1, "s": "a"}, {"id": 2, "s": None}, {"id": None, "s": "c"}]
    written.append([{"id": 4, "s": "with ids"}])
    written.expect()


def main(folder):
    writer = Writer(os.path.abspath(folder))
    for codec in ("zstd", "snappy", "gzip", "lz4", "uncompressed"):
        primitives(writer, 2, codec)
    primitives(writer, 1, "zstd")
    for version in (1, 2):
        nested(writer, version)
        history(writer, version)
    partitions(writer)
    evolution(writer)
    name_mapping(writer)


if __name__ == "__main__":
    main(*sys.argv[1:])
