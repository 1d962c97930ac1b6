"""Charts as figures on a plane: bars and lines placed for an SVG that the server draws.

A chart is never the only way to read its numbers: the page shows a table beside it, each bar says
its number in words, and the colours are the design tokens, so it is right in light and dark.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 220
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 10, 26
LINES = 4
LABELS_AT_MOST = 8
GAP = 0.24
STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, slots=True)
class Series:
    """One kind of bar or one line: its name, its tone, and a value for each label or none."""

    name: str
    tone: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """One bar or one point, placed, with what it says."""

    x: float
    y: float
    width: float
    height: float
    words: str


@dataclass(frozen=True, slots=True)
class Placed:
    """One series, placed: bars, or points with the path through them."""

    name: str
    tone: str
    marks: tuple[Mark, ...]
    path: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A label on an axis and where it stands."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the template needs to draw."""

    key: str
    title: str
    summary: str
    kind: str
    series: tuple[Placed, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    is_empty: bool
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be drawn: labels along the bottom, series, and how a value is written."""

    key: str
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    write: Callable[[float], str] = "{:,.0f}".format
    top: float | None = None


def bars(plan: Plan) -> Chart:
    """Give stacked bars, one for each label."""
    sums = [
        sum(series.values[index] or 0 for series in plan.series)
        for index in range(len(plan.labels))
    ]
    highest = plan.top or nice(max(sums, default=0))
    slot = (WIDTH - LEFT - RIGHT) / max(len(plan.labels), 1)
    feet = [0.0] * len(plan.labels)
    placed = []
    for series in plan.series:
        marks = []
        for index, value in enumerate(series.values):
            if not value:
                continue
            tall = _tall(value, highest)
            marks.append(
                Mark(
                    round(LEFT + slot * (index + GAP / 2), 2),
                    round(HEIGHT - BOTTOM - feet[index] - tall, 2),
                    round(slot * (1 - GAP), 2),
                    round(tall, 2),
                    f"{plan.labels[index]}: {series.name} {plan.write(value)}",
                )
            )
            feet[index] += tall
        placed.append(Placed(series.name, series.tone, tuple(marks)))
    return _chart(plan, "bars", placed, highest, max(sums, default=0))


def lines(plan: Plan) -> Chart:
    """Give lines through points; where a value is missing, the line is broken."""
    known = [value for series in plan.series for value in series.values if value is not None]
    highest = plan.top or nice(max(known, default=0))
    slot = (WIDTH - LEFT - RIGHT) / max(len(plan.labels), 1)
    placed = []
    for series in plan.series:
        marks, path, pen = [], [], "M"
        for index, value in enumerate(series.values):
            if value is None:
                pen = "M"
                continue
            x = round(LEFT + slot * (index + 0.5), 2)
            y = round(HEIGHT - BOTTOM - _tall(value, highest), 2)
            words = f"{plan.labels[index]}: {series.name} {plan.write(value)}"
            marks.append(Mark(x, y, 0, 0, words))
            path.append(f"{pen}{x} {y}")
            pen = "L"
        placed.append(Placed(series.name, series.tone, tuple(marks), "".join(path)))
    return _chart(plan, "lines", placed, highest, max(known, default=0))


def nice(value: float) -> float:
    """Give the round number at or above a value that an axis can end with."""
    if value <= 0:
        return float(LINES)
    unit: float = 10 ** math.floor(math.log10(value / LINES)) if value > LINES else 1
    for step in STEPS:
        if step * unit * LINES >= value:
            return float(step * unit * LINES)
    return float(STEPS[-1] * unit * LINES)


def _tall(value: float, highest: float) -> float:
    return min(value / highest, 1.0) * (HEIGHT - TOP - BOTTOM)


def _chart(plan: Plan, kind: str, placed: list[Placed], highest: float, most: float) -> Chart:
    slot = (WIDTH - LEFT - RIGHT) / max(len(plan.labels), 1)
    every = max(math.ceil(len(plan.labels) / LABELS_AT_MOST), 1)
    across = tuple(
        Tick(round(LEFT + slot * (index + 0.5), 2), text)
        for index, text in enumerate(plan.labels)
        if index % every == 0
    )
    up = tuple(
        Tick(
            round(HEIGHT - BOTTOM - _tall(highest * number / LINES, highest), 2),
            plan.write(highest * number / LINES),
        )
        for number in range(LINES + 1)
    )
    return Chart(
        plan.key,
        plan.title,
        _summary(plan, most),
        kind,
        tuple(placed),
        across,
        up,
        is_empty=not any(one.marks for one in placed),
    )


def _summary(plan: Plan, most: float) -> str:
    """Give what the chart shows, for those who do not see it."""
    if not plan.labels:
        return "There are no days to show."
    names = _listed([series.name for series in plan.series])
    first, last = plan.labels[0], plan.labels[-1]
    return f"{names} from {first} to {last}. The highest value is {plan.write(most)}."


def _listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
