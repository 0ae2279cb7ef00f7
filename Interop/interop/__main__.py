"""The interop suite. Interop/run sets it up and calls it."""

import argparse
import json
import os
import subprocess
import sys

from interop import lineage, values
from interop.java import Java
from interop.matrix import FAIL, OK, UNSUPPORTED, Cell, Matrix, difference, markdown, printed
from interop.readers import FOLDER, BatchReader, Tool
from interop.tables import Read, Table, current_metadata, written_tables

OWN = ["pyiceberg", "duckdb"]
SHARED = ["java", "spark", "polars", "datafusion"]


def main():
    options = arguments()
    matrix = Matrix(os.path.join(FOLDER, "engines.json"))
    readers = engines(options)
    if options.golden:
        cells, reads = read_golden(options, readers)
        outcomes = [cell.outcome for cell in cells.values()]
    else:
        cells, reads = read_ours(options, matrix, readers)
        outcomes = [cell.outcome for cell in cells.values()]
        if options.update_matrix:
            page = os.path.join(os.path.dirname(FOLDER), "Spec", "Interop.md")
            with open(page, "w", encoding="utf-8") as file:
                file.writelines(line + "\n" for line in markdown(matrix, cells, [r.name for r in readers], reads))
            print("interop: wrote Spec/Interop.md")
        if "duckdb" in [reader.name for reader in readers]:
            tool = Tool(os.path.join(options.tools, "iceberg"))
            outcomes += lineage.check(tool, matrix, [read for read in reads if read.snapshot is None])
        if options.oracles:
            outcomes += check_with_java(options, matrix, reads)
        outcomes += read_theirs(options)
    counts = [sum(outcome == one for outcome in outcomes) for one in (OK, FAIL, UNSUPPORTED)]
    print("interop: %d read as expected, %d failed, %d unsupported by the engine" % tuple(counts))
    if options.counts:
        with open(options.counts, "w", encoding="utf-8") as file:
            print(*counts, file=file)
    return 1 if counts[1] else 0


def arguments():
    parser = argparse.ArgumentParser(prog="interop")
    parser.add_argument("--tools", help="the folder of the built tools")
    parser.add_argument("--folder", required=True, help="where tables are written")
    parser.add_argument("--oracles", help="the folder with read_with.py")
    parser.add_argument("--engines", help="only these, with commas")
    parser.add_argument("--tables", default="", help="only tables with this in their names")
    parser.add_argument("--golden", action="store_true")
    parser.add_argument("--update-matrix", action="store_true")
    parser.add_argument("--counts")
    return parser.parse_args()


def engines(options):
    """The engines that can be asked here."""
    readers = [BatchReader(name, [sys.executable, "-m", "interop.engines", name]) for name in OWN]
    if options.oracles:
        script = os.path.join(options.oracles, "read_with.py")
        readers += [BatchReader(name, [sys.executable, script, name, "--batch"]) for name in SHARED]
    if options.engines:
        wanted = options.engines.split(",")
        readers = [reader for reader in readers if reader.name in wanted]
    return readers


def read_ours(options, matrix, readers):
    """Our tables, read by every engine."""
    place = os.path.join(options.folder, "ours")
    os.makedirs(place, exist_ok=True)
    subprocess.run([os.path.join(options.tools, "interop-writer"), place], check=True, stdin=subprocess.DEVNULL)
    reads = [read for read in written_tables(place) if options.tables in read.name]
    if not reads:
        raise SystemExit("interop: interop-writer wrote no table")
    for read in reads:
        read.expected = values.normal_lines(read.expected, read.schema)
    cells = {}
    for reader in readers:
        for read, answer in zip(reads, reader.answers(reads)):
            cells[reader.name, read] = matrix.judge(reader.name, read, answer, read.expected)
    names = [reader.name for reader in readers]
    print("\n".join(printed(cells, names, reads)))
    for read in reads:
        able = [name for name in names if matrix.entry(name, read.features) is None]
        done = [name for name in names if cells[name, read].outcome == OK]
        if len(able) >= 2 and len(done) < 2:
            print("FAIL %s: %d engines should read it, %d did" % (read.name, len(able), len(done)))
            cells["two engines", read] = Cell(FAIL)
        elif len(done) < 2:
            print("note: %s was read by %s" % (read.name, " and ".join(done) or "no engine"))
    return cells, reads


def check_with_java(options, matrix, reads):
    """Our metadata and manifests, judged by Iceberg Java; then our tables with Java's commits on top, read by our tool."""
    java = Java(options.oracles, options.folder)
    reads = {read.table: read for read in reads if read.snapshot is None}
    outcomes = []
    for table, findings in java.check(list(reads)).items():
        entry = matrix.entry("java-check", reads[table].features) if table else None
        outcomes.append(OK if not findings else UNSUPPORTED if entry else FAIL)
        for finding in findings[:20] if entry is None else []:
            print("FAIL Java on %s: %s" % (table.name if table else "a table", finding))
    print("Java agrees with metadata and manifests of %d of %d tables" % (outcomes.count(OK), len(outcomes)))

    tool = Tool(os.path.join(options.tools, "iceberg"))
    # Deletes do not apply to the copies of data files that Java appends: their rows would be all there.
    reads = {table: read for table, read in reads.items() if not table.delete_features()}
    errors = java.append([table.directory for table in reads])
    continued = []
    for table, read in reads.items():
        error = errors[table.directory]
        outcome = OK
        if error is not None:
            outcome = UNSUPPORTED if matrix.entry("java-append", read.features) else FAIL
        else:
            newest = Table(table.name, current_metadata(table.directory))
            twice = Read(newest, None, sorted(read.expected * 2))
            answer = tool.answer(twice)
            if answer.error is not None or answer.rows != twice.expected:
                outcome, error = FAIL, answer.error or difference(twice.expected, answer.rows)
        continued.append(outcome)
        if outcome == FAIL:
            print("FAIL %s continued by Java: %s" % (table.name, error))
    print("swift-iceberg reads %d of %d tables that Java appended to" % (continued.count(OK), len(continued)))
    return outcomes + continued


def read_theirs(options):
    """Tables of PyIceberg, written now, read by our tool."""
    place = os.path.join(options.folder, "pyiceberg")
    os.makedirs(place, exist_ok=True)
    subprocess.run([sys.executable, "-m", "interop.pyiceberg_writer", place], check=True, cwd=FOLDER)
    reads = [read for read in written_tables(place) if options.tables in read.name]
    tool = Tool(os.path.join(options.tools, "iceberg"))
    outcomes = []
    for read, answer in zip(reads, tool.answers(reads)):
        expected = values.normal_lines(read.expected, read.schema)
        good = answer.error is None and answer.rows == expected
        outcomes.append(OK if good else FAIL)
        if not good:
            print("FAIL swift-iceberg, %s: %s" % (read.name, answer.error or difference(expected, answer.rows)))
    print("swift-iceberg reads %d of %d tables and snapshots of PyIceberg" % (outcomes.count(OK), len(outcomes)))
    return outcomes


def read_golden(options, readers):
    """The golden tables, read by the engines: a check of this suite itself.

    An engine has to return the rows exactly where it did when the tables were made."""
    root = "/warehouse/golden"
    if options.tools:
        readers = [*readers, Tool(os.path.join(options.tools, "iceberg"))]
    reads, known = [], {}
    for name in sorted(os.listdir(root)):
        description = os.path.join(root, name, "expected.json")
        if options.tables not in name or not os.path.exists(description):
            continue
        with open(description, encoding="utf-8") as file:
            expected = json.load(file)
        table = Table(name, os.path.join(root, name, expected["metadata"]))
        for state in expected["snapshots"]:
            read = Read(table, state["snapshot-id"], [])
            read.expected = values.normal_lines(map(values.line, state["rows"]), read.schema)
            reads.append(read)
            known[read] = state["read-by"]
    cells = {}
    for reader in readers:
        for read, answer in zip(reads, reader.answers(reads)):
            good = answer.error is None and answer.rows == read.expected
            note = answer.error or difference(read.expected, answer.rows)
            if good == (reader.name in known[read]):
                cells[reader.name, read] = Cell(OK if good else UNSUPPORTED, note)
            elif reader.name == Tool.name and not good:
                cells[reader.name, read] = Cell(UNSUPPORTED, note)
            else:
                cells[reader.name, read] = Cell(OK if good else FAIL, note)
    print("\n".join(printed(cells, [reader.name for reader in readers], reads)))
    return cells, reads


if __name__ == "__main__":
    sys.exit(main())
