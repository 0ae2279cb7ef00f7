"""The engines that the suite installs itself. Run as a program: `python -m interop.engines ENGINE BATCH-FILE`.

The batch file has one JSON object a line, {"metadata": PATH, "snapshot": ID or null}; each is answered by a line
{"rows": [canonical JSON, ...]} or {"error": TEXT}."""

import glob
import importlib
import json
import os
import sys

from interop import values
from interop.tables import Table


class PyIceberg:
    def arrow(self, path, snapshot, schema):
        from pyiceberg.table import StaticTable

        return StaticTable.from_metadata(path).scan(snapshot_id=snapshot).to_arrow()


class DuckDB:
    def __init__(self):
        self.connection = None

    def connect(self):
        import duckdb

        connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
        connection.execute("SET autoinstall_known_extensions=false")
        connection.execute("SET autoload_known_extensions=false")
        # Its cache of parts of files hands out wrong bytes when vectors of one Puffin file are read out of
        # order, as when an older snapshot is read after a newer one; also of tables that Spark wrote.
        connection.execute("SET enable_external_file_cache=false")
        for name in ("avro", "httpfs", "iceberg"):
            package = importlib.import_module("duckdb_extension_" + name).__path__[0]
            (library,) = glob.glob(os.path.join(package, "extensions", "*", name + ".duckdb_extension"))
            connection.execute("LOAD '%s'" % library)
        connection.execute("SET TimeZone='UTC'")
        return connection

    def arrow(self, path, snapshot, schema):
        self.connection = self.connection or self.connect()
        parts = []
        for field in schema["fields"]:
            name = '"%s"' % field["name"].replace('"', '""')
            kind = field["type"]
            if kind == "variant":
                name = "%s::JSON::VARCHAR AS %s" % (name, name)
            elif isinstance(kind, str) and kind.startswith("geo"):
                name = "ST_AsWKB(%s) AS %s" % (name, name)
            parts.append(name)
        option = "" if snapshot is None else ", snapshot_from_id=%d" % snapshot
        query = "SELECT %s FROM iceberg_scan('%s'%s)" % (", ".join(parts), path.replace("'", "''"), option)
        try:
            result = self.connection.execute(query)
            return result.to_arrow_table() if hasattr(result, "to_arrow_table") else result.fetch_arrow_table()
        except Exception:
            # An internal error leaves the connection unusable.
            self.connection = None
            raise


ENGINES = {"pyiceberg": PyIceberg, "duckdb": DuckDB}


def main(name, batch):
    engine = ENGINES[name]()
    with open(batch, encoding="utf-8") as requests:
        for request in map(json.loads, requests):
            try:
                schema = Table("", request["metadata"]).schema(request["snapshot"])
                table = engine.arrow(request["metadata"], request["snapshot"], schema)
                answer = {"rows": values.lines(values.table_rows(table, schema))}
            except Exception as error:  # whatever an engine raises is its answer
                answer = {"error": "%s: %s" % (type(error).__name__, " ".join(str(error).split())[:400])}
            print(json.dumps(answer, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
    sys.stdout.flush()
    # Some engines hang or crash while Python takes them down.
    os._exit(0)
