"""What every engine is known not to read, and the comparison of that with what it did read."""

import json

OK = "ok"
UNSUPPORTED = "unsupported"
FAIL = "FAIL"


class Cell:
    """What came of one engine and one read."""

    def __init__(self, outcome, note=""):
        self.outcome = outcome
        self.note = note


class Matrix:
    """The data of engines.json."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.engines = json.load(file)["engines"]

    def entry(self, engine, features):
        """What keeps an engine from reading something with these features; None when it has to."""
        for entry in self.engines.get(engine, {}).get("unsupported", []):
            if set(entry["features"]) <= features:
                return entry
        return None

    def judge(self, engine, read, answer, expected):
        entry = self.entry(engine, read.features)
        if answer.error is None and answer.rows == expected:
            # An entry that depends on the values, too, says so.
            if entry is None or entry.get("sometimes"):
                return Cell(OK)
            return Cell(FAIL, "reads it, though engines.json says: " + entry["reason"])
        if entry is not None:
            return Cell(UNSUPPORTED, entry["reason"])
        return Cell(FAIL, answer.error if answer.error is not None else difference(expected, answer.rows))


def difference(expected, rows):
    """The first rows that only one side has, in a few words."""
    missing = sorted(set(expected) - set(rows))
    extra = sorted(set(rows) - set(expected))
    parts = []
    if missing:
        parts.append("%d rows missing, such as %s" % (len(missing), missing[0][:300]))
    if extra:
        parts.append("%d rows too many, such as %s" % (len(extra), extra[0][:300]))
    return "; ".join(parts) or "the same rows, but not as often: %d for %d" % (len(rows), len(expected))


def printed(cells, readers, reads):
    """The matrix as lines of text."""
    width = max([len(read.name) for read in reads] + [5])
    yield " ".join(["table".ljust(width), *(reader.ljust(max(len(reader), 11)) for reader in readers)]).rstrip()
    for read in reads:
        outcomes = [cells[reader, read].outcome.ljust(max(len(reader), 11)) for reader in readers]
        yield " ".join([read.name.ljust(width), *outcomes]).rstrip()
    reasons = {}
    for (reader, read), cell in cells.items():
        if cell.outcome == UNSUPPORTED:
            reasons.setdefault((reader, cell.note), []).append(read.name)
    for (reader, note), names in sorted(reasons.items()):
        yield "unsupported by %s: %s (%d tables)" % (reader, note, len(names))
    for (reader, read), cell in cells.items():
        if cell.outcome == FAIL:
            yield "FAIL %s, %s: %s" % (reader, read.name, cell.note)


def markdown(matrix, cells, readers, reads):
    """The page Spec/Interop.md: which engine read what, by feature and by table."""
    marks = {OK: "yes", UNSUPPORTED: "no"}
    yield "# Who reads what we write"
    yield ""
    yield "Written by `Interop/run --update-matrix`: every table of `interop-writer` was read by every"
    yield "engine that was there, and the rows were equal to those that went in. `no` stands for what an engine is known not to"
    yield "read (`Interop/engines.json`; the run fails when it does after all), an empty cell for what was not tried."
    yield ""
    yield "| engine | version |"
    yield "| --- | --- |"
    for reader in readers:
        yield "| %s | %s |" % (reader, matrix.engines.get(reader, {}).get("version", ""))
    yield ""
    yield "## By feature"
    yield ""
    yield "`yes`: at least one table that uses it was read, row for row."
    yield ""
    yield "| feature | " + " | ".join(readers) + " |"
    yield "| --- |" + " --- |" * len(readers)
    for feature in sorted(set().union(*(read.features for read in reads))):
        row = []
        for reader in readers:
            outcomes = {cells[reader, read].outcome for read in reads if feature in read.features}
            row.append("yes" if OK in outcomes else "no" if UNSUPPORTED in outcomes else "")
        yield "| %s | %s |" % (feature, " | ".join(row))
    yield ""
    yield "## By table"
    yield ""
    yield "| table | " + " | ".join(readers) + " |"
    yield "| --- |" + " --- |" * len(readers)
    for read in reads:
        row = [marks.get(cells[reader, read].outcome, "") for reader in readers]
        # Snapshot ids are made anew on every run.
        name = read.table.name + ("" if read.snapshot is None else ", an older snapshot")
        yield "| %s | %s |" % (name, " | ".join(row))
    yield ""
    yield "## What an engine does not read"
    yield ""
    for reader in readers:
        for entry in matrix.engines.get(reader, {}).get("unsupported", []):
            yield "- %s, %s: %s" % (reader, " with ".join(entry["features"]), entry["reason"])
