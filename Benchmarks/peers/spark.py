"""Spark as a peer, where it is at hand (see Interop/interop/spark_procedures.py)."""

import contextlib
import os
import subprocess

from timing import path

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.environ.get("ICEBERG_SHARED") or os.path.join(HERE, "../../../shared")
HOME = os.environ.get("ORACLES_HOME") or os.path.expanduser("~/.cache/iceberg-oracles")
PYTHON = os.environ.get("ICEBERG_SPARK_PYTHON") or HOME + "/venv-spark/bin/python"


@contextlib.contextmanager
def session(warehouse):
    """A function that runs a statement on the tables of the catalog `ice`, and returns the answer: "ok" with the first row as JSON,
    or "bad" and the error. None where there is no Spark. The file named `warehouse` tells where the tables are."""
    if not (os.path.exists(PYTHON) and os.path.isdir(SHARED)):
        yield None
        return
    with open(path(warehouse)) as file:
        folder = file.read()
    process = subprocess.Popen(
        [PYTHON, "-m", "interop.spark_procedures", os.path.abspath(SHARED), folder],
        cwd=os.path.join(HERE, "../../Interop"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True)

    def ask(statement):
        process.stdin.write("call\t" + statement + "\n")
        process.stdin.flush()
        return process.stdout.readline().rstrip("\n")

    yield ask
    process.stdin.close()
    process.wait()
