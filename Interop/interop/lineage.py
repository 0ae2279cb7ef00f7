"""The ids of rows and the numbers of the commits that last changed them, in tables of version 3: DuckDB finds those that our tool finds.

Run as `python -m interop.lineage`, it reads paths of metadata files from standard input, and prints what DuckDB finds in each."""

import json
import subprocess
import sys

from interop.matrix import FAIL, OK, UNSUPPORTED
from interop.readers import FOLDER, SECONDS

COLUMNS = ["_row_id", "_last_updated_sequence_number"]


def check(tool, matrix, reads):
    """The outcome of each table that has row ids and that DuckDB can read."""
    reads = [read for read in reads if read.table.metadata["format-version"] >= 3]
    process = subprocess.run(
        [sys.executable, "-m", "interop.lineage"], input="".join(read.table.path + "\n" for read in reads),
        capture_output=True, text=True, cwd=FOLDER, timeout=SECONDS)
    theirs = [json.loads(line) for line in process.stdout.split("\n")[:-1]]
    theirs += [{"error": process.stderr[-300:]}] * (len(reads) - len(theirs))
    outcomes = []
    for read, answer in zip(reads, theirs):
        entry = matrix.entry("duckdb", read.features)
        ours = ids(tool, read)
        good = "error" not in answer and ours == answer["rows"]
        outcomes.append(OK if good else FAIL if entry is None else UNSUPPORTED)
        if outcomes[-1] == FAIL:
            print("FAIL row ids of %s: %s" % (read.name, answer.get("error") or "%s, not %s" % (answer["rows"][:5], ours[:5])))
    print("DuckDB finds our row ids in %d of %d tables" % (outcomes.count(OK), len(outcomes)))
    return outcomes


def ids(tool, read):
    command = [tool.path, "scan", read.table.path, "--json", "--select", ",".join(COLUMNS)]
    result = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS, check=True)
    rows = [json.loads(line) for line in result.stdout.decode("utf-8").split("\n")[:-1]]
    return sorted([row[column] for column in COLUMNS] for row in rows)


def main():
    from interop.engines import DuckDB

    connection = None
    for line in sys.stdin:
        path = line.rstrip("\n").replace("'", "''")
        try:
            connection = connection or DuckDB().connect()
            query = "SELECT %s FROM iceberg_scan('%s')" % (", ".join(COLUMNS), path)
            answer = {"rows": sorted(map(list, connection.execute(query).fetchall()))}
        except Exception as error:
            # An internal error leaves the connection unusable.
            connection = None
            answer = {"error": " ".join(str(error).split())[:300]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
