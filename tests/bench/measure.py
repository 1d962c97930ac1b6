"""Measure side by side: the candidates take turns, so a slow moment of the machine hits all."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping


def interleaved(
    candidates: Mapping[str, Callable[[], object]],
    *,
    rounds: int = 60,
    warmup: int = 8,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, float]:
    """Give the median milliseconds of each candidate over `rounds` turns.

    On a machine with other work `time.process_time` is the fairer clock: what runs longer is
    interrupted more often. It does not see what another process does, such as PostgreSQL.
    """
    for _ in range(warmup):
        for run in candidates.values():
            run()
    spans: dict[str, list[float]] = {name: [] for name in candidates}
    gc.collect()
    for _ in range(rounds):
        for name, run in candidates.items():
            started = clock()
            run()
            spans[name].append((clock() - started) * 1000)
    return {name: statistics.median(values) for name, values in spans.items()}


def verdict(
    name: str, found: float, budget: float, unit: str = "x", *, least: bool = False
) -> None:
    """Print a figure beside its budget."""
    is_met = found >= budget if least else found <= budget
    bound = f"{'at least' if least else 'at most'} {budget:g} {unit}"
    print(f"  {'met   ' if is_met else 'MISSED'} {name}: {found:.2f} {unit} (budget: {bound})")


def report(title: str, figures: Mapping[str, float], *, base: str) -> None:
    """Print the medians, each with its ratio to `base`."""
    print(f"\n{title}")
    for name, value in figures.items():
        print(f"  {name:<44} {value:9.2f} ms   {value / figures[base]:6.2f} x {base}")
