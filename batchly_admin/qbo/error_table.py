"""The one table of what can go wrong with QuickBooks.

Each row says of one cause: what a person reads, what happens by itself, and what they can press.
Codes: https://developer.intuit.com/app/developer/qbo/docs/develop/troubleshooting/error-codes
"""

from __future__ import annotations

from dataclasses import dataclass

from batchly_admin.domain.statuses import Press
from batchly_admin.errors import (
    AlreadyThere,
    Mismatch,
    ParentMissing,
    Reconnect,
    Rejected,
    StaleRemote,
    SyncError,
    Throttled,
    Transient,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One error of an answer, as QuickBooks wrote it."""

    code: str = ""
    message: str = ""
    detail: str = ""
    element: str = ""

    @property
    def text(self) -> str:
        """The most telling sentence of it."""
        return self.detail or self.message


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the error table.

    `words`, `by_itself` and `hint` are what a person reads; `press` what they are offered.
    `statuses` speak for the whole answer and are asked first: a gateway's answer may carry any
    fault. Then the fault's code decides, together with a text where one code means two things.
    """

    name: str
    error: type[SyncError]
    words: str
    hint: str
    by_itself: str
    press: tuple[Press, ...]
    codes: frozenset[str] = frozenset()
    statuses: frozenset[int] = frozenset()
    text: str = ""

    def takes_fault(self, fault: Fault) -> bool:
        """Tell whether this row speaks of the fault."""
        if fault.code not in self.codes:
            return False
        return self.text.lower() in f"{fault.message} {fault.detail}".lower()


def _codes(*codes: int) -> frozenset[str]:
    return frozenset(str(code) for code in codes)


WAITS_FOR_PERSON = "Nothing: it waits for a person. What depends on it waits too."
THREE_TRIES = (
    "It is tried three times: at once, after 30 seconds, after two minutes. "
    "When QuickBooks is down as a whole, everything waits and no try is used."
)
ALL_WAIT = "Everything waits and uses no try; it goes out by itself afterwards."
LOOKED_FOR = "Batchly looks it up; when it is the same record, it is linked and nothing is doubled."
AFTER_ALL = (Press.RETRY, Press.RETRY_LIKE, Press.DONE)
FIXABLE = (Press.FIX, Press.RETRY, Press.RETRY_LIKE, Press.DONE)

TABLE: tuple[Rule, ...] = (
    Rule(
        "throttled",
        Throttled,
        "QuickBooks asked us to slow down.",
        "Nothing to do: it goes out by itself in a minute.",
        ALL_WAIT,
        (),
        codes=_codes(3001),
        statuses=frozenset({429}),
    ),
    Rule(
        "server",
        Transient,
        "QuickBooks could not be reached or had a problem of its own.",
        "It is tried again by itself. If it stays, look at status.developer.intuit.com.",
        THREE_TRIES,
        AFTER_ALL,
        codes=_codes(130, 140, 150, 1000, 1010, 1020, 4002, 10000, 10100),
        statuses=frozenset({500, 502, 503, 504, 520, 522, 524}),
    ),
    Rule(
        "login",
        Reconnect,
        "The login to QuickBooks has ended.",
        "An admin of the QuickBooks company has to connect again.",
        "One new token is fetched; when that fails, everything waits and uses no try.",
        (Press.RECONNECT,),
        codes=_codes(100, 110, 120, 3100, 3200, 3202),
        statuses=frozenset({401, 403}),
    ),
    Rule(
        "subscription",
        Reconnect,
        "The QuickBooks subscription has ended or is not paid.",
        "Renew the subscription in QuickBooks; everything waiting goes out afterwards.",
        "Everything waits and uses no try; QuickBooks is asked again every hour.",
        (Press.RECONNECT,),
        codes=_codes(6190),
    ),
    Rule(
        "number_exists",
        AlreadyThere,
        "QuickBooks already has a document with this number.",
        "Look at that document in QuickBooks; ours is linked to it when it is the same one.",
        LOOKED_FOR,
        (Press.LINK, Press.NUMBERS, Press.RETRY, Press.DONE),
        codes=_codes(6140),
    ),
    Rule(
        "number_exists",
        AlreadyThere,
        "QuickBooks already has a document with this number.",
        "Look at that document in QuickBooks; ours is linked to it when it is the same one.",
        LOOKED_FOR,
        (Press.LINK, Press.NUMBERS, Press.RETRY, Press.DONE),
        codes=_codes(6210),
        text="document number",
    ),
    Rule(
        "period_closed",
        Rejected,
        "The books of this period are closed in QuickBooks.",
        "Ask the accountant to reopen the period, or use a later date.",
        WAITS_FOR_PERSON,
        AFTER_ALL,
        codes=_codes(6200, 6210),
    ),
    Rule(
        "name_exists",
        AlreadyThere,
        "QuickBooks already uses this name for a customer, a vendor, an employee or an item.",
        "Link it to the existing record, or choose another name.",
        LOOKED_FOR,
        (Press.LINK, *FIXABLE),
        codes=_codes(6240),
    ),
    Rule(
        "repeated",
        AlreadyThere,
        "QuickBooks has seen this request before.",
        "Batchly looks for the document it made then.",
        LOOKED_FOR,
        (Press.LINK, *AFTER_ALL),
        codes=_codes(600, 630),
    ),
    Rule(
        "stale",
        StaleRemote,
        "The record was changed in QuickBooks meanwhile.",
        "Batchly reads it again and tries once more.",
        "The present version is read and the change is sent once more.",
        FIXABLE,
        codes=_codes(5010),
    ),
    Rule(
        "gone",
        Rejected,
        "Something this record needs was deleted or made inactive in QuickBooks.",
        "Make it active again in QuickBooks, or link another record, and retry.",
        WAITS_FOR_PERSON,
        (Press.LINK, *FIXABLE),
        codes=_codes(610, 620, 2500, 6250),
    ),
    Rule(
        "locked",
        Rejected,
        "QuickBooks no longer lets this be changed: it is deposited, matched or settled.",
        "Undo the deposit or the match in QuickBooks first.",
        WAITS_FOR_PERSON,
        AFTER_ALL,
        codes=_codes(6400, 6450, 6480, 6540),
    ),
    Rule(
        "edition",
        Rejected,
        "The QuickBooks subscription does not include this.",
        "A larger QuickBooks plan is needed, or the feature has to be turned off here.",
        WAITS_FOR_PERSON,
        (*AFTER_ALL, Press.PAUSE),
        codes=_codes(5020, 5030),
    ),
    Rule(
        "amount",
        Rejected,
        "QuickBooks does not agree with an amount of this record.",
        "Compare quantities, prices and totals; if they are right, report it.",
        WAITS_FOR_PERSON,
        FIXABLE,
        codes=_codes(2140, 6070, 6090),
    ),
    Rule(
        "tax",
        Rejected,
        "QuickBooks does not accept the tax of this record.",
        "Pull the tax rates and check the customer's tax code.",
        WAITS_FOR_PERSON,
        (Press.PULL, *FIXABLE),
        codes=_codes(2280, 6100, 6160, 6170, 6230, 6470),
    ),
    Rule(
        "in_use",
        Rejected,
        "QuickBooks keeps this because something else still needs it.",
        "Settle or remove what depends on it in QuickBooks first.",
        WAITS_FOR_PERSON,
        AFTER_ALL,
        codes=_codes(800, 6220),
    ),
    Rule(
        "reset",
        Rejected,
        "The QuickBooks company was reset and no longer knows its records.",
        "Reconcile before anything is sent again; what is missing there is listed.",
        WAITS_FOR_PERSON,
        (Press.PULL, *AFTER_ALL),
        codes=_codes(10200),
    ),
)

OWN_MISTAKE = Rule(
    "own_mistake",
    Rejected,
    "Batchly sent something that QuickBooks does not understand.",
    "Report it with the trace id; what is in QuickBooks is not touched.",
    WAITS_FOR_PERSON,
    AFTER_ALL,
    codes=_codes(
        *(500, 700, 900, 1040, 1050, 2000, 2010, 2030, 2120, 2130, 2170, 2600, 3000),
        *(4000, 4001, 5000),
    ),
)
VALIDATION = Rule(
    "validation",
    Rejected,
    "QuickBooks does not accept the record as it is.",
    "Correct what QuickBooks names, and retry.",
    WAITS_FOR_PERSON,
    FIXABLE,
    codes=_codes(
        *(2020, 2040, 2050, 2060, 2070, 2080, 2090, 2100, 2110, 2150, 2160, 2180, 2190, 2200),
        *(2210, 2220, 2240, 2250, 2290, 6000, 6080, 6150, 6180, 6270, 6420, 6430, 6440, 6520),
        6530,
    ),
    statuses=frozenset({400, 413, 422}),
)
UNREADABLE = Rule(
    "unreadable",
    Transient,
    "QuickBooks gave an answer that cannot be read, so what it did is unknown.",
    "It is tried again under the same request id, which cannot make a second document.",
    THREE_TRIES,
    AFTER_ALL,
)
INTERNAL = Rule(
    "internal",
    SyncError,
    "Something unexpected went wrong with this record.",
    "It is tried again; if it stays, report it with the trace id.",
    "It is tried three times, then it waits for a person; the log has the details.",
    AFTER_ALL,
)

PARENT = Rule(
    "parent",
    ParentMissing,
    "Another record has to reach QuickBooks first.",
    "Look at what it waits for; when that failed, repair that one.",
    "It goes out by itself as soon as the other record is in QuickBooks.",
    (Press.RETRY,),
)
PAUSED = Rule(
    "paused",
    SyncError,
    "An admin holds this type of record back.",
    "It goes out by itself when the type is resumed.",
    "It stays in the queue and uses no try.",
    (Press.RESUME,),
)
MISSING = Rule(
    "missing",
    SyncError,
    "The record was deleted or merged in QuickBooks.",
    "Link it to another record of QuickBooks, or send it again to make it there once more.",
    WAITS_FOR_PERSON,
    (Press.LINK, Press.RETRY, Press.DONE),
)
CHECK = Rule(
    "check",
    Rejected,
    "A check of our own stopped it before it was sent.",
    "Put right what it names, and retry.",
    WAITS_FOR_PERSON,
    (Press.FIX, Press.PULL, Press.RETRY, Press.RETRY_LIKE, Press.DONE),
)
MISMATCH = Rule(
    "mismatch",
    Mismatch,
    "QuickBooks took the record, but it differs from ours.",
    "Compare both sides; correct the wrong one, then say what you found.",
    "It is flagged, both sides are kept and the admins are told. Nothing is corrected by itself.",
    (Press.REVIEW,),
)

GENERAL = (OWN_MISTAKE, VALIDATION, UNREADABLE, INTERNAL)
OWN = (PARENT, PAUSED, MISSING, CHECK, MISMATCH)
ALL = (*TABLE, *GENERAL, *OWN)
"""Every row: TABLE is asked first, then GENERAL; OWN never comes out of an answer."""

_BY_CLASS = {
    "transient": "server",
    "throttled": "throttled",
    "login": "login",
    "parent": "parent",
    "paused": "paused",
    "missing": "missing",
    "mismatch": "mismatch",
    "stale": "stale",
    "duplicate": "name_exists",
    "rejected": "validation",
    "internal": "internal",
}


def rule_of(error_class: str | None, error_code: str | None) -> Rule:
    """Give the row that fits what a queue row remembers of its error."""
    code = error_code or ""
    for rule in ALL:
        if error_class not in {rule.error.error_class, rule.name}:
            continue
        if code and (code in rule.codes or code == rule.name):
            return rule
    name = _BY_CLASS.get(error_class or "", "internal")
    return next(rule for rule in ALL if rule.name == name)
