"""Iceberg Java, beyond reading rows: our metadata as it understands and writes it, our manifests against what it works out
itself, and our tables with its commits on top. Needs the class path of the shared oracles."""

import json
import os
import subprocess

from interop.readers import FOLDER, SECONDS


class Java:
    def __init__(self, oracles, scratch):
        home = os.environ.get("ORACLES_HOME") or os.path.expanduser("~/.cache/iceberg-oracles")
        environment = os.path.join(home, "env.sh")
        command = '. "$1"; printf %s "$ICE_CP"'
        self.path = subprocess.run(
            ["bash", "-c", command, "bash", environment], check=True, capture_output=True, text=True
        ).stdout
        self.classes = os.path.join(scratch, "classes")
        os.makedirs(self.classes, exist_ok=True)
        sources = [os.path.join(FOLDER, "java", name) for name in sorted(os.listdir(os.path.join(FOLDER, "java")))]
        subprocess.run(["javac", "-nowarn", "-cp", self.path, "-d", self.classes, *sources], check=True)

    def run(self, program, arguments):
        """The lines that a program prints, split at the tabs."""
        command = ["java", "-Xmx1g", "-Duser.timezone=UTC", "-cp", self.classes + ":" + self.path, program]
        result = subprocess.run(
            [*command, *arguments], capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS
        )
        lines = [line.split("\t") for line in result.stdout.decode("utf-8", "replace").split("\n") if line]
        if result.returncode != 0:
            lines.append(["bad", program, result.stderr.decode("utf-8", "replace")[-400:]])
        return lines

    def check(self, tables):
        """What Java finds wrong in tables: a list of findings for each."""
        findings = {table: [] for table in tables}
        by_path = {table.path: table for table in tables}
        done = set()
        for kind, path, *rest in self.run("TableCheck", list(by_path)):
            table = by_path.get(path)
            if kind == "done":
                done.add(table)
            elif kind == "bad":
                findings.setdefault(table, []).append(rest[0] if rest else path)
            elif kind == "json":
                findings[table] += differences(table.metadata, json.loads(rest[0]), "metadata")
        for table in tables:
            if table not in done:
                findings[table].append("Java did not come to an end")
        return findings

    def append(self, directories):
        """Lets Java append to tables; the errors by directory."""
        errors = dict.fromkeys(directories, "Java did not come to an end")
        for kind, directory, *rest in self.run("TableAppend", directories):
            errors[directory] = None if kind == "done" else rest[0]
        return errors


# What a writer may leave out, or write, when there is nothing to say.
EMPTY = (None, [], {}, -1)


def differences(ours, theirs, place):
    """Where two JSON documents say different things."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        found = []
        for key in sorted(ours.keys() | theirs.keys()):
            found += differences(ours.get(key), theirs.get(key), place + "." + key)
        return found
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        found = []
        for index, (one, other) in enumerate(zip(ours, theirs)):
            found += differences(one, other, "%s[%d]" % (place, index))
        return found
    if ours == theirs or (ours in EMPTY and theirs in EMPTY):
        return []
    return ["%s: we write %s, Java %s" % (place, json.dumps(ours)[:120], json.dumps(theirs)[:120])]
