"""Whoever can read a table: the engines in a process of their own, and the tool of this project."""

import json
import os
import subprocess
import tempfile

FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SECONDS = 900


class Answer:
    """Rows as sorted canonical lines, or an error."""

    def __init__(self, rows=None, error=None):
        self.rows = rows
        self.error = error


class BatchReader:
    """An engine behind a program that answers a file of requests line by line."""

    def __init__(self, name, command):
        self.name = name
        self.command = command

    def answers(self, reads):
        from interop import values

        answers = []
        while len(answers) < len(reads):
            rest = reads[len(answers) :]
            output, ending = self.run(rest)
            for read, line in zip(rest, output):
                answer = json.loads(line)
                if "error" in answer:
                    answers.append(Answer(error=answer["error"]))
                else:
                    answers.append(Answer(rows=values.normal_lines(answer["rows"], read.schema)))
            if len(output) < len(rest):
                # It died over the next one; the others get a new process.
                answers.append(Answer(error="the process ended: " + ending))
        return answers

    def run(self, reads):
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as batch:
            for read in reads:
                print(json.dumps({"metadata": read.table.path, "snapshot": read.snapshot}), file=batch)
            batch.flush()
            process = subprocess.Popen(
                [*self.command, batch.name],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                stdin=subprocess.DEVNULL,
                cwd=FOLDER,
                env={**os.environ, "TZ": "UTC"},
            )
            try:
                output, errors = process.communicate(timeout=SECONDS)
                ending = "status %d" % process.returncode
            except subprocess.TimeoutExpired:
                process.kill()
                output, errors = process.communicate()
                ending = "no answer within %d seconds" % SECONDS
            complete = [line for line in output.decode("utf-8", "replace").split("\n")[:-1] if line.startswith("{")]
            tail = " ".join(errors.decode("utf-8", "replace").split())[-300:]
            return complete, ending + (": " + tail if tail else "")


class Tool:
    """The `iceberg` tool of this project."""

    name = "swift-iceberg"

    def __init__(self, path, locations=()):
        self.path = path
        self.locations = locations

    def answers(self, reads):
        return [self.answer(read) for read in reads]

    def answer(self, read):
        from interop import values

        command = [self.path, "scan", read.table.path, "--json"]
        if read.snapshot is not None:
            command += ["--snapshot-id", str(read.snapshot)]
        for old, new in self.locations:
            command += ["--map-location", old + "=" + new]
        result = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS)
        if result.returncode != 0:
            text = " ".join(result.stderr.decode("utf-8", "replace").split())[-400:]
            return Answer(error=text or "status %d" % result.returncode)
        return Answer(rows=values.normal_lines(result.stdout.decode("utf-8").split("\n"), read.schema))
