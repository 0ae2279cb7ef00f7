"""Spark's rewrite_data_files on a table of the same files, where Spark is at hand (see Interop/interop/spark_procedures.py)."""

import json
import os
import subprocess
import time

from timing import path

here = os.path.dirname(os.path.abspath(__file__))
shared = os.environ.get("ICEBERG_SHARED") or os.path.join(here, "../../../shared")
home = os.environ.get("ORACLES_HOME") or os.path.expanduser("~/.cache/iceberg-oracles")
python = os.environ.get("ICEBERG_SPARK_PYTHON") or home + "/venv-spark/bin/python"

if os.path.exists(python) and os.path.isdir(shared):
    with open(path("compact-files.warehouse")) as file:
        warehouse = file.read()
    spark = subprocess.Popen(
        [python, "-m", "interop.spark_procedures", os.path.abspath(shared), warehouse],
        cwd=os.path.join(here, "../../Interop"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True)

    def ask(line):
        spark.stdin.write(line + "\n")
        spark.stdin.flush()
        return spark.stdout.readline().rstrip("\n")

    # Starts everything up.
    ask("call\tCALL ice.system.ancestors_of(table => 'bench.theirs')")
    start = time.monotonic()
    answer = ask("call\tCALL ice.system.rewrite_data_files(table => 'bench.theirs', options => map('rewrite-all', 'true'))")
    seconds = time.monotonic() - start
    if answer.startswith("ok"):
        columns = json.loads(answer.split("\t", 1)[1])
        megabytes = columns["rewritten_bytes_count"] / 1e6
        print("compact-files binpack of Spark: %d files of %d MB to %d in %.1f s, %d MB/s" % (
            columns["rewritten_data_files_count"], megabytes, columns["added_data_files_count"], seconds, megabytes / seconds))
    else:
        print("compact-files of Spark: " + answer)
    spark.stdin.close()
    spark.wait()
