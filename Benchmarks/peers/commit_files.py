import os
import subprocess
import sys
import tempfile

# The same commits with Iceberg Java, where ICE_CP is a class path that has it.
if "ICE_CP" in os.environ:
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as classes:
        subprocess.run(
            ["javac", "-nowarn", "-cp", os.environ["ICE_CP"], "-d", classes]
            + [os.path.join(here, "CommitFiles.java")],
            check=True,
        )
        path = classes + ":" + os.environ["ICE_CP"]
        counts = ["1000", "100000"]
        if "ICEBERG_BENCHMARK_FILES" in os.environ:
            counts.append(os.environ["ICEBERG_BENCHMARK_FILES"])
        done = subprocess.run(
            ["java", "-Xmx3g", "-cp", path, "CommitFiles"] + counts,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        print(done.stdout, end="")
        sys.exit(done.returncode)
