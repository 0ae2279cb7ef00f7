"""Takes turns with another program at one SQLite database, with PyIceberg's SqlCatalog.

Run as `python -m interop.sql_turns DATABASE CATALOG WAREHOUSE`. Reads commands from standard input, one a line, their words divided by
tabs, and answers each with a line: "ok" and what came of it, or "bad" and the error."""

import sys

import pyarrow as pa
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.schema import Schema
from pyiceberg.types import DoubleType, LongType, NestedField, StringType

SCHEMA = Schema(
    NestedField(1, "id", LongType(), required=True),
    NestedField(2, "city", StringType(), required=False),
    NestedField(3, "amount", DoubleType(), required=False),
)
ROWS = pa.schema([pa.field("id", pa.int64(), nullable=False), pa.field("city", pa.string()), pa.field("amount", pa.float64())])


class Turns:
    def __init__(self, database, name, warehouse):
        self.catalog = SqlCatalog(name, uri="sqlite:///" + database, warehouse=warehouse)

    def run(self, command, *words):
        return getattr(self, command.replace("-", "_"))(*words)

    def create(self, name):
        return describe(self.catalog.create_table(name, SCHEMA))

    def append(self, name, number):
        """Appends one row, again and again where another writer was first."""
        rows = pa.Table.from_pylist([{"id": int(number)}], schema=ROWS)
        while True:
            try:
                table = self.catalog.load_table(name)
                table.append(rows)
                return describe(table)
            except CommitFailedException:
                continue

    def set(self, name, key, value):
        table = self.catalog.load_table(name)
        with table.transaction() as transaction:
            transaction.set_properties({key: value})
        return describe(table)

    def load(self, name):
        return describe(self.catalog.load_table(name))

    def tables(self, namespace):
        return ",".join(sorted(".".join(name) for name in self.catalog.list_tables(namespace)))

    def rename(self, name, new):
        return describe(self.catalog.rename_table(name, new))

    def register(self, name, location):
        return describe(self.catalog.register_table(name, location))

    def drop(self, name):
        self.catalog.drop_table(name)
        return ""

    def namespaces(self, parent=()):
        return ",".join(sorted(".".join(name) for name in self.catalog.list_namespaces(parent)))

    def namespace(self, name, *pair):
        self.catalog.create_namespace(name, dict([pair]) if pair else {})
        return ""

    def properties(self, namespace):
        found = self.catalog.load_namespace_properties(namespace)
        return ",".join("%s=%s" % pair for pair in sorted(found.items()) if pair[0] != "exists")

    def property(self, namespace, key, value):
        self.catalog.update_namespace_properties(namespace, updates={key: value})
        return ""

    def remove(self, namespace, key):
        self.catalog.update_namespace_properties(namespace, removals={key})
        return ""

    def drop_namespace(self, name):
        self.catalog.drop_namespace(name)
        return ""


def describe(table):
    """The metadata file, the number of snapshots, and the ids of the rows, sorted."""
    ids = sorted(table.scan(selected_fields=("id",)).to_arrow()["id"].to_pylist())
    name = table.metadata_location.rsplit("/", 1)[-1]
    return "\t".join([name, str(len(table.metadata.snapshots)), ",".join(map(str, ids))])


def main():
    turns = Turns(*sys.argv[1:])
    for line in sys.stdin:
        try:
            answer = "ok\t" + turns.run(*line.rstrip("\n").split("\t"))
        except Exception as error:
            answer = "bad\t" + " ".join((type(error).__name__ + ": " + str(error)).split())
        print(answer, flush=True)


if __name__ == "__main__":
    main()
