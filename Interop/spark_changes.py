"""Tells the changes of tables as Spark's procedure create_changelog_view finds them.

Arguments: the folder with sparkit.py, and the warehouse of a Hadoop catalog. Reads commands from standard
input, one a line, their words divided by tabs: the table, the snapshot to begin after ("-" for none), the
last snapshot, and "all", "net" or "updates" (in pairs, by the column id). Answers each with "ok" and the
changes as a JSON list of [type, ordinal, snapshot, row], or "bad" and the error.
"""

import json
import sys

sys.path.insert(0, sys.argv[1])
import sparkit  # noqa: E402


def changes(spark, table, start, end, mode):
    options = "'end-snapshot-id', '%s'" % end
    if start != "-":
        options += ", 'start-snapshot-id', '%s'" % start
    more = {
        "all": "",
        "net": ", net_changes => true",
        "updates": ", identifier_columns => array('id')",
    }[mode]
    spark.sql(
        "CALL ice.system.create_changelog_view(table => '%s', changelog_view => 'v', "
        "options => map(%s)%s)" % (table, options, more)
    ).collect()
    found = []
    for row in spark.sql("SELECT * FROM v").collect():
        values = row.asDict()
        labels = [
            values.pop(name)
            for name in ("_change_type", "_change_ordinal", "_commit_snapshot_id")
        ]
        text = json.dumps(values, separators=(",", ":"), ensure_ascii=False)
        found.append([labels[0], labels[1], str(labels[2]), text])
    return found


def main():
    spark = sparkit.session("file://" + sys.argv[2])
    for line in sys.stdin:
        try:
            answer = "ok\t" + json.dumps(changes(spark, *line.rstrip("\n").split("\t")))
        except Exception as error:  # noqa: BLE001
            answer = "bad\t" + " ".join(str(error).split())
        print(answer, flush=True)


if __name__ == "__main__":
    main()
