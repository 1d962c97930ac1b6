"""Faults on demand: rules that match a request and break its answer in a chosen way."""

from __future__ import annotations

import random
import re
import threading
from dataclasses import asdict, dataclass, field
from typing import Any

EXPLAINED = {
    "delay": "Answer well, but so many seconds late.",
    "no_answer": "Say nothing for so many seconds (150 if it is 1 or less), then break the "
    "connection. The books stay as they were.",
    "reset_before": "Break the connection before the books are touched.",
    "reset_after_apply": "Do what was asked, then break the connection: the client cannot know.",
    "timeout_after_apply": "Do what was asked, say nothing for so many seconds, then break the "
    "connection.",
    "http429": "Say that the request limit was reached, in the gateway's own shape.",
    "http500": "Answer 500 with a system failure (code 10000); nothing is done.",
    "http500_after_apply": "Do what was asked, then answer 500 as if it had failed.",
    "http503": "Answer 503; nothing is done.",
    "html": "Answer 502 with a web page, as a proxy in between does; nothing is done.",
    "xml": "Answer 429 in XML although JSON was asked for; nothing is done.",
    "truncated": "Do what was asked, then send only the first half of the answer.",
    "fault200": "Answer 200 with a fault inside; nothing is done.",
    "empty200": "Answer 200 with an empty body; nothing is done.",
    "empty_after_apply": "Do what was asked, then answer 200 with an empty body.",
    "expired_token": "End every access token, as an hour would; refreshing helps.",
    "revoked_grant": "End the whole connection, as a customer does; only connecting anew helps.",
    "subscription_lapsed": "Answer 403 with code 6190: the company stopped paying.",
    "stale": "Answer with code 5010, as if somebody else had just changed the record.",
    "wrong_total": "Do what was asked, but show a total that is one too high.",
}
"""Each kind of fault, and what it does in a plain sentence."""
KINDS = frozenset(EXPLAINED)
AFTER = frozenset(
    {
        "reset_after_apply",
        "timeout_after_apply",
        "truncated",
        "wrong_total",
        "empty_after_apply",
        "http500_after_apply",
    }
)
"""These happen once the books have changed: the outcome is known to QuickBooks alone."""

MOST_SECONDS = 600


@dataclass(slots=True)
class Rule:
    """One fault: which requests, in which way, how often."""

    id: int
    kind: str
    method: str = ""
    route: str = ""
    path: str = ""
    seconds: float = 1.0
    percent: float = 100.0
    next_n: int | None = None
    seed: int = 0
    hits: int = 0
    chance: random.Random = field(default_factory=random.Random, repr=False)

    def matches(self, method: str, route: str, path: str) -> bool:
        """Tell whether the rule speaks of this request."""
        return (
            (not self.method or self.method.upper() == method)
            and (not self.route or re.fullmatch(self.route, route) is not None)
            and (not self.path or re.search(self.path, path) is not None)
        )

    def shown(self) -> dict[str, Any]:
        """Give the rule as JSON."""
        found = asdict(self)
        found.pop("chance")
        return found


class Injector:
    """The rules in force."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._lock = threading.Lock()
        self._last = 0

    def add(self, asked: dict[str, Any]) -> Rule:
        """Put a rule in force.

        Raises:
            ValueError: for a kind there is not, or a pattern that is none.
            TypeError: for a match that is no object.
        """
        kind = str(asked.get("kind"))
        if kind not in KINDS:
            raise ValueError(f"{kind} is not one of {', '.join(sorted(KINDS))}")
        match = asked.get("match") or {}
        if not isinstance(match, dict):
            raise TypeError("match is no object")
        for name in ("route", "path"):
            _check_pattern(str(match.get(name, "")))
        _check_numbers(asked)
        with self._lock:
            self._last += 1
            rule = Rule(
                id=self._last,
                kind=kind,
                method=str(match.get("method", "")),
                route=str(match.get("route", "")),
                path=str(match.get("path", "")),
                seconds=float(asked.get("seconds", 1.0)),
                percent=float(asked.get("percent", 100.0)),
                next_n=None if asked.get("next_n") is None else int(asked["next_n"]),
                seed=int(asked.get("seed", 0)),
            )
            rule.chance = random.Random(rule.seed)  # noqa: S311 - repeatable on purpose
            self._rules.append(rule)
            return rule

    def clear(self, rule_id: int | None = None) -> None:
        """Take one rule, or all of them, out of force."""
        with self._lock:
            self._rules = [
                rule for rule in self._rules if rule_id is not None and rule.id != rule_id
            ]

    def shown(self) -> list[dict[str, Any]]:
        """Give the rules in force."""
        with self._lock:
            return [rule.shown() for rule in self._rules]

    def choose(self, method: str, route: str, path: str) -> Rule | None:
        """Give the first rule that strikes this request."""
        with self._lock:
            for rule in self._rules:
                if not rule.matches(method, route, path) or rule.next_n == 0:
                    continue
                if rule.percent < 100 and rule.chance.uniform(0, 100) >= rule.percent:
                    continue
                if rule.next_n is not None:
                    rule.next_n -= 1
                rule.hits += 1
                return rule
        return None


def _check_numbers(asked: dict[str, Any]) -> None:
    percent, seconds = float(asked.get("percent", 100)), float(asked.get("seconds", 1))
    if not 0 <= percent <= 100:
        raise ValueError("percent lies between 0 and 100")
    if not 0 <= seconds <= MOST_SECONDS:
        raise ValueError(f"seconds lie between 0 and {MOST_SECONDS}")
    if asked.get("next_n") is not None and int(asked["next_n"]) < 1:
        raise ValueError("next_n is 1 or more")


def _check_pattern(text: str) -> None:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text} is no pattern: {error}") from None
