"""A whole kit in a partner's brand: cold, warm, and each asset. `python bench/kits.py`

Aim (design: quality.md): 25 or more files within 0.8 s warm on one core.
"""

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from events_app.core import catalogues
from events_app.kits import render
from events_app.kits.assets import ASSETS
from events_app.kits.assets.stagecraft.sample import sample

ROUNDS = 5


def worker_seconds():
    """CPU seconds that the render processes have used."""
    ticks = 0
    for pid in render.process_ids():
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def build(facts, brand):
    files, spent = [], {}
    for role, asset in ASSETS.items():
        began, cpu = time.perf_counter(), worker_seconds() + time.process_time()
        made = asset.build(facts, brand, "nl")
        wall = time.perf_counter() - began
        spent[role] = (wall, worker_seconds() + time.process_time() - cpu, len(made))
        files += made
    return files, spent


def main():
    catalogues.join()
    facts, brand = sample()
    began = time.perf_counter()
    files, _ = build(facts, brand)
    cold = time.perf_counter() - began
    rounds = []
    for number in range(ROUNDS):
        changed = replace(facts, title=f"{facts.title} {number}")
        rounds.append(build(changed, brand)[1])
    walls = [sum(wall for wall, _, _ in spent.values()) for spent in rounds]
    cpus = [sum(cpu for _, cpu, _ in spent.values()) for spent in rounds]
    size = sum(len(file.content) for file in files)
    print(f"{len(files)} files, {size / 1e6:.2f} MB, one after the other in one process\n")
    print("| | wall s | cpu s |\n|---|---|---|")
    print(f"| cold, with the start of the renderer | {cold:.2f} | |")
    print(f"| warm, best of {ROUNDS} | {min(walls):.2f} | {min(cpus):.2f} |")
    print("| aim | 0.80 | 0.80 |\n\n| asset | files | wall ms |\n|---|---|---|")
    for role in ASSETS:
        best = min(spent[role][0] for spent in rounds)
        print(f"| {role} | {rounds[0][role][2]} | {best * 1000:.0f} |")


if __name__ == "__main__":
    main()
