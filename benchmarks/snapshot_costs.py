"""The CPU time of analysing ordinary snapshots, as a multiple of the running median, while other processes keep every
core busy: how often an honest student would be mistaken for a costly one (classroom/infra/analysis_costs.py).

    .venv/bin/python benchmarks/snapshot_costs.py --snapshots 5000 --busy 4
"""

import argparse
import multiprocessing
import random
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from classroom.infra.analysis_costs import COSTLY_FACTOR
from emotions.recognition import Recogniser
from emotions.synthetic.webcam import webcam_frames

STUDENTS = 8
FRAMES = 64
FACTORS = (1.5, 2, 3, 5, COSTLY_FACTOR)


def keep_busy() -> None:
    """Load a core and the caches until killed."""
    numbers = list(range(1_000_000))
    while True:
        random.shuffle(numbers)


def ratios(snapshots: int) -> Iterator[float]:
    """Yield each snapshot's cost over the median of the last costs of STUDENTS students."""
    recogniser = Recogniser()
    recogniser.warm_up()
    frames = list(webcam_frames(None, FRAMES))
    last_costs: dict[int, float] = {}
    for number in range(snapshots):
        began_s = time.thread_time()
        recogniser.recognise(frames[number % FRAMES])
        cost_s = last_costs[number % STUDENTS] = time.thread_time() - began_s
        yield cost_s / statistics.median_low(last_costs.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--snapshots", type=int, default=5000)
    parser.add_argument("--busy", type=int, default=4, help="processes that compete for the cores")
    arguments = parser.parse_args()
    others = [multiprocessing.Process(target=keep_busy, daemon=True) for _ in range(arguments.busy)]
    for other in others:
        other.start()
    measured = sorted(ratios(arguments.snapshots))
    for other in others:
        other.kill()
    print(f"{len(measured)} snapshots, {arguments.busy} busy processes; cost over the running median:")
    p99 = measured[len(measured) * 99 // 100]
    print(f"median {statistics.median(measured):.2f}, p99 {p99:.2f}, max {measured[-1]:.2f}")
    for factor in FACTORS:
        print(f"at least {factor:g} times: {sum(ratio >= factor for ratio in measured)}")


if __name__ == "__main__":
    main()
