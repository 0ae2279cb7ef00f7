"""Runs Spark's procedures on the tables of a warehouse.

Run as `python -m interop.spark_procedures SHARED WAREHOUSE`, with a Python that has Spark; `SHARED/oracles/sparkit.py` starts it. Reads
commands from standard input, one a line, their words divided by tabs, and answers each with a line: "ok" and what came of it, or "bad"
and the error.

    call SQL        the first row of what a procedure returns, as JSON
    column SQL      the first column of all rows that a procedure returns, divided by tabs
    ids TABLE       the ids of a table's rows, sorted
"""

import json
import os
import sys


def main(shared, warehouse):
    sys.path.insert(0, os.path.join(shared, "oracles"))
    # What Spark prints is no answer.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import sparkit

    spark = sparkit.session("file://" + warehouse)
    for line in sys.stdin:
        command, argument = line.rstrip("\n").split("\t", 1)
        try:
            if command == "call":
                rows = spark.sql(argument).collect()
                answer = "ok\t" + json.dumps(rows[0].asDict() if rows else {})
            elif command == "column":
                answer = "\t".join(["ok", *(str(row[0]) for row in spark.sql(argument).collect())])
            else:
                ids = sorted(row[0] for row in spark.sql("SELECT id FROM ice." + argument).collect())
                answer = "ok\t" + ",".join(str(id) for id in ids)
        except Exception as error:
            answer = "bad\t" + " ".join(str(error).split())[:500]
        print(answer, file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
