import os
import shutil
import subprocess
import sys
import tempfile

from timing import path

# The same expiry with Iceberg Java, where ICE_CP is a class path that has it: by what is reachable, as
# its procedure does it. Each round has a copy of the table.
if "ICE_CP" in os.environ:
    here = os.path.dirname(os.path.abspath(__file__))
    with open(path("expire-snapshots.location")) as file:
        location = file.read()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["javac", "-nowarn", "-cp", os.environ["ICE_CP"], "-d", folder]
            + [os.path.join(here, "ExpirePlan.java")],
            check=True,
        )
        copies = []
        for number in range(6):
            copies.append(os.path.join(folder, "table%d" % number))
            shutil.copytree(location, copies[-1])
        done = subprocess.run(
            ["java", "-cp", folder + ":" + os.environ["ICE_CP"], "ExpirePlan"] + copies,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        print(done.stdout, end="")
        sys.exit(done.returncode)
