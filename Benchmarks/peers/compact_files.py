"""Spark's rewrite_data_files on a table of the same files, where Spark is at hand."""

import json
import time

import spark

with spark.session("compact-files.warehouse") as ask:
    if ask:
        # Starts everything up.
        ask("CALL ice.system.ancestors_of(table => 'bench.theirs')")
        start = time.monotonic()
        answer = ask("CALL ice.system.rewrite_data_files(table => 'bench.theirs', options => map('rewrite-all', 'true'))")
        seconds = time.monotonic() - start
        if answer.startswith("ok"):
            columns = json.loads(answer.split("\t", 1)[1])
            megabytes = columns["rewritten_bytes_count"] / 1e6
            print("compact-files binpack of Spark: %d files of %d MB to %d in %.1f s, %d MB/s" % (
                columns["rewritten_data_files_count"], megabytes, columns["added_data_files_count"], seconds, megabytes / seconds))
        else:
            print("compact-files of Spark: " + answer)
