"""The words of the guided set-up: its tasks, its verdicts, and what it says of QuickBooks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from batchly_admin.domain.statuses import Choice


class TaskKind(Choice):
    """What the worker reads for the set-up."""

    CHECKS = "checks", "Read how QuickBooks is set up", "blue"
    MATCHING = "matching", "Read customers and items", "blue"
    REHEARSAL = "rehearsal", "Rehearse", "blue"
    LOGIN = "login", "Try the login", "blue"
    BACKLOG = "backlog", "Queue the backlog", "blue"


class TaskState(Choice):
    """Where such a task stands."""

    QUEUED = "queued", "Waiting", "neutral"
    RUNNING = "running", "Running", "blue"
    FINISHED = "finished", "Finished", "green"
    FAILED = "failed", "Failed", "red"


class CheckVerdict(Choice):
    """What a check says."""

    OK = "ok", "OK", "green"
    WARNING = "warning", "Look at it", "amber"
    MUST_FIX = "must_fix", "Must be fixed", "red"


class RehearsalVerdict(Choice):
    """Whether a call would go through."""

    READY = "ready", "Ready", "green"
    WARNING = "warning", "Look at it", "amber"
    PROBLEM = "problem", "Would fail", "red"


@dataclass(frozen=True, slots=True)
class Check:
    """One question about the set-up of QuickBooks, its answer and what to do."""

    key: str
    title: str
    verdict: CheckVerdict
    words: str
    advice: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Give it as plain values."""
        return asdict(self) | {
            "verdict": self.verdict.value,
            "label": self.verdict.label,
            "tone": self.verdict.tone,
        }
