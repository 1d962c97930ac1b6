"""Routes that learn to write their own address only when somebody asks for it.

Werkzeug compiles two small Python functions per route that build its address. With dozens of routes
for each table these are thousands, nearly all of the time an application needs to start, and most
are never called. Here each is compiled when it is first wanted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


class LazyRule(Rule):
    """A route as any other, save for when the builders of its address are compiled."""

    # Not public in Werkzeug: should it be called otherwise one day, starting is slower, no more.
    def _compile_builder(self, append_unknown: bool = True) -> Builder:  # noqa: FBT001, FBT002
        eager = super()._compile_builder
        made: list[Builder] = []

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            if not made:
                made.append(eager(append_unknown))
            return made[0](rule, **values)

        return build
