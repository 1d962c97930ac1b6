"""Which of our records is which of QuickBooks': sure pairs, near ones, and the ones left over.

A pair is sure when a name, an e-mail or a SKU says so and nothing else claims either side. What is
only alike, or claimed twice, is offered to a person and never decided here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from batchly_admin.domain.statuses import Choice

NEAR_ENOUGH = 82
NEAR_SHOWN = 5
CROWD = 300
"""A word that more names have than this tells nothing about any of them."""

_COMPANY_WORDS = frozenset({"inc", "llc", "ltd", "co", "corp", "company", "limited", "gmbh", "the"})


class MatchKind(Choice):
    """How a pair was found, or why there is none."""

    NAME = "name", "Same name", "green"
    EMAIL = "email", "Same e-mail", "green"
    SKU = "sku", "Same SKU", "green"
    NEAR = "near", "Alike", "amber"
    SEVERAL = "several", "Several fit", "amber"
    NAME_TAKEN = "name_taken", "Name taken", "red"
    ONLY_HERE = "only_here", "Only in Batchly", "neutral"
    ONLY_THERE = "only_there", "Only in QuickBooks", "neutral"


class MatchDecision(Choice):
    """What a person decided about a pair."""

    OPEN = "open", "To decide", "amber"
    LINKED = "linked", "Linked", "green"
    CREATE_THERE = "create_there", "Create in QuickBooks", "blue"
    CREATED_HERE = "created_here", "Created here", "green"
    SKIPPED = "skipped", "Skipped", "neutral"


SURE = frozenset({MatchKind.NAME, MatchKind.EMAIL, MatchKind.SKU})


@dataclass(frozen=True, slots=True)
class Party:
    """One record of either side, by what it can be recognised by."""

    key: str
    name: str
    email: str = ""
    sku: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pair, or one side alone; the sides are named by their keys."""

    ours: str | None
    theirs: str | None
    kind: MatchKind
    reason: str
    score: int = 0


def folded(name: str) -> str:
    """Give a name as QuickBooks compares names: capitals and extra spaces make no difference."""
    return re.sub(r"\s+", " ", name.replace(":", "-")).strip().casefold()


def likeness(first: str, second: str) -> int:
    """Give how alike two names are, 0 to 100; order of words and kinds of company count nothing."""
    one, other = (" ".join(sorted(_words(name))) for name in (first, second))
    return round(SequenceMatcher(None, one, other, autojunk=False).ratio() * 100)


def propose(
    ours: Sequence[Party], theirs: Sequence[Party], taken: Mapping[str, str]
) -> list[Proposal]:
    """Give a proposal for every record of both sides.

    `taken` names, folded, what else in QuickBooks has a name: "vendor" or "employee".
    """
    work = _Work({one.key: one for one in ours}, {one.key: one for one in theirs})
    for kind, word, key_of in (
        (MatchKind.SKU, "SKU", lambda one: one.sku.strip().casefold()),
        (MatchKind.NAME, "name", lambda one: folded(one.name)),
        (MatchKind.EMAIL, "e-mail", lambda one: one.email.strip().casefold()),
    ):
        work.pair(kind, word, key_of)
    work.offer()
    work.leave(taken)
    return work.found


class _Work:
    """One round of matching."""

    def __init__(self, ours: dict[str, Party], theirs: dict[str, Party]) -> None:
        self.found: list[Proposal] = []
        self._ours = ours
        self._theirs = theirs
        self._near: dict[str, list[Proposal]] = defaultdict(list)

    def pair(self, kind: MatchKind, word: str, key_of: Callable[[Party], str]) -> None:
        """Pair what one key holds exactly once on both sides; what it holds more often is offered.

        A record that is inactive there is recognised by its name or SKU, never by its e-mail.
        """
        here, there = _by(self._ours.values(), key_of), _by(self._theirs.values(), key_of)
        for key, mine in here.items():
            yours = [one for one in there.get(key, []) if one.is_active or kind != MatchKind.EMAIL]
            if len(mine) == 1 and len(yours) == 1:
                self._take(mine[0], yours[0], kind, word)
            elif yours:
                self._claim_twice(mine, yours, word)

    def _take(self, mine: Party, yours: Party, kind: MatchKind, word: str) -> None:
        words = f"The {word} is the same on both sides."
        if not yours.is_active:
            words += " It is inactive in QuickBooks; the next change sent makes it active again."
        self.found.append(Proposal(mine.key, yours.key, kind, words, 100))
        del self._ours[mine.key], self._theirs[yours.key]

    def _claim_twice(self, mine: Sequence[Party], yours: Sequence[Party], word: str) -> None:
        count = max(len(mine), len(yours))
        words = f"{count} records have this {word}; only a person can tell which is meant."
        for one in mine:
            self._near[one.key] += [
                Proposal(one.key, other.key, MatchKind.SEVERAL, words, 99)
                for other in yours[:NEAR_SHOWN]
            ]

    def offer(self) -> None:
        """Offer what is alike to those that are still alone."""
        index = _Alike(self._theirs.values())
        for one in self._ours.values():
            pairs = [pair for pair in self._near[one.key] if pair.theirs in self._theirs]
            known = {pair.theirs for pair in pairs}
            pairs += [
                Proposal(
                    one.key, other.key, MatchKind.NEAR, f"The names are {score}% alike.", score
                )
                for other, score in index.of(one)
                if other.key not in known
            ]
            self._near[one.key] = pairs[:NEAR_SHOWN]
            self.found += self._near[one.key]

    def leave(self, taken: Mapping[str, str]) -> None:
        """Say of the rest that it is on one side only, or that its name is not free there."""
        offered = {pair.theirs for pairs in self._near.values() for pair in pairs}
        for one in self._ours.values():
            owner = taken.get(folded(one.name))
            if owner:
                words = (
                    f"QuickBooks has the name {one.name} for a {owner}, and gives a name only once "
                    "to customers, vendors and employees. Rename one of the two, then match again."
                )
                self.found.append(Proposal(one.key, None, MatchKind.NAME_TAKEN, words))
            elif not self._near[one.key]:
                words = "Nothing in QuickBooks fits."
                self.found.append(Proposal(one.key, None, MatchKind.ONLY_HERE, words))
        for other in self._theirs.values():
            if other.is_active and other.key not in offered:
                words = "Nothing in Batchly fits."
                self.found.append(Proposal(None, other.key, MatchKind.ONLY_THERE, words))


class _Alike:
    """Finds names that share a word or the beginning of one, without comparing all with all."""

    def __init__(self, parties: Iterable[Party]) -> None:
        self._index: dict[str, list[Party]] = defaultdict(list)
        for one in parties:
            for sign in _signs(one.name):
                self._index[sign].append(one)

    def of(self, wanted: Party) -> list[tuple[Party, int]]:
        """Give those near enough, the most alike first."""
        seen: dict[str, Party] = {}
        for sign in _signs(wanted.name):
            crowd = self._index.get(sign, ())
            if len(crowd) <= CROWD:
                seen.update((one.key, one) for one in crowd)
        scored = [(one, likeness(wanted.name, one.name)) for one in seen.values()]
        near = [pair for pair in scored if pair[1] >= NEAR_ENOUGH]
        return sorted(near, key=lambda pair: (-pair[1], pair[0].name))[:NEAR_SHOWN]


def _words(name: str) -> list[str]:
    words = re.findall(r"\w+", name.casefold())
    return [word for word in words if word not in _COMPANY_WORDS] or words


def _signs(name: str) -> Iterator[str]:
    for word in set(_words(name)):
        yield word
        if len(word) > 3:
            yield f"{word[:3]}*"


def _by(parties: Iterable[Party], key_of: Callable[[Party], str]) -> dict[str, list[Party]]:
    found: dict[str, list[Party]] = defaultdict(list)
    for one in parties:
        key = key_of(one)
        if key:
            found[key].append(one)
    return found
