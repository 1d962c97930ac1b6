"""Measure side by side: the candidates take turns, so a slow moment of the machine hits all."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping


def interleaved(
    candidates: Mapping[str, Callable[[], object]], *, rounds: int = 60, warmup: int = 8
) -> dict[str, float]:
    """Give the median milliseconds of each candidate over `rounds` turns."""
    for _ in range(warmup):
        for run in candidates.values():
            run()
    spans: dict[str, list[float]] = {name: [] for name in candidates}
    gc.collect()
    for _ in range(rounds):
        for name, run in candidates.items():
            started = time.perf_counter()
            run()
            spans[name].append((time.perf_counter() - started) * 1000)
    return {name: statistics.median(values) for name, values in spans.items()}


def report(title: str, figures: Mapping[str, float], *, base: str) -> None:
    """Print the medians, each with its ratio to `base`."""
    print(f"\n{title}")
    for name, value in figures.items():
        print(f"  {name:<44} {value:9.2f} ms   {value / figures[base]:6.2f} x {base}")
