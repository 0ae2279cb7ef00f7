"""Times one piece of work and prints one line about it, in the form of the Swift benchmarks."""

import os
import time

FOLDER = os.environ["ICEBERG_BENCHMARK_INPUTS"]


def path(name):
    return os.path.join(FOLDER, name)


def measure(name, amount, unit, work, rounds=9, note=""):
    times = []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    times = sorted(times[1:])
    median = times[len(times) // 2]
    line = "%s: %s %s/s, %s %s in %s ms (median of %d, fastest %s ms)" % (
        name,
        text(amount * 1000 / median),
        unit,
        text(amount),
        unit,
        text(median),
        len(times),
        text(times[0]),
    )
    print(line + (", " + note if note else ""))


def text(number):
    if number >= 10_000_000:
        return text(number / 1_000_000) + " M"
    return "%.*f" % (0 if number >= 100 else 1 if number >= 10 else 2, number)
