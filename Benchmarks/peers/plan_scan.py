import os
import subprocess

from timing import measure, path

from pyiceberg.expressions import And, GreaterThanOrEqual, LessThan, AlwaysTrue
from pyiceberg.table import StaticTable

DAY = 86_400_000_000
with open(path("plan-scan.location")) as file:
    location = file.read()
if "://" not in location and not location.startswith("file:"):
    location = "file://" + location
count = int(os.environ.get("ICEBERG_BENCHMARK_FILES", "100000"))
noon = 19_100 * DAY
limit = count // 100 * DAY

# In the form of REST, for Java.
filters = [
    ("all", AlwaysTrue(), None),
    (
        "one day",
        And(
            GreaterThanOrEqual("at", "2022-04-18T00:00:00"),
            LessThan("at", "2022-04-19T00:00:00"),
        ),
        '{"type":"and","left":{"type":"gt-eq","term":"at","value":"2022-04-18T00:00:00"},'
        '"right":{"type":"lt","term":"at","value":"2022-04-19T00:00:00"}}',
    ),
    (
        "metrics",
        LessThan("column_3", limit),
        '{"type":"lt","term":"column_3","value":%d}' % limit,
    ),
]
if count <= 200_000:
    for name, filter_, _ in filters:
        measure(
            "plan-scan %d files, %s, of PyIceberg" % (count, name),
            count,
            "files",
            lambda: sum(
                1
                for _ in StaticTable.from_metadata(location)
                .scan(row_filter=filter_)
                .plan_files()
            ),
            rounds=1,
        )
if "ICE_CP" in os.environ:
    for name, _, json in filters:
        command = ["java", "-cp", os.environ["ICE_CP"], "lab.IcePlan", location, "15"]
        done = subprocess.run(
            command + ([json] if json else []), capture_output=True, text=True
        )
        for line in done.stdout.splitlines():
            if line.startswith("java plan"):
                print("plan-scan %d files, %s, of Java: %s" % (count, name, line[11:]))
