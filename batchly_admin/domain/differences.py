"""What the two books can disagree about, and which repair fits which disagreement.

An issued document never changes: where QuickBooks' copy of it was changed, either the copy is put
right there, or the document is taken back here by a void or a credit memo. Money follows
QuickBooks, which is where most of it is recorded; names follow Batchly, where they are kept.
"""

from __future__ import annotations

from batchly_admin.domain.statuses import Choice

PUSH, LINK, TAKE, KEEP, ACCEPT = "push_again", "link", "take_theirs", "keep_ours", "accept"
DECIDED = ("ignored",)
CLOSED = ("resolved", "repaired", "kept_ours", "took_theirs")
WAITS = ("open", "listed")

SALES = frozenset({"invoice", "credit_memo"})
MONEY = frozenset({"payment", "refund", "credit_application"})
LISTS = frozenset({"customer", "item", "tax_code"})


FETCHED_WHOLE = frozenset({"customer", "payment", "refund", "tax_code"})
"""What is fetched when only QuickBooks has it."""

VALUE_KINDS = frozenset({"amount", "customer", "date", "balance"})
_FETCHABLE = {
    "payment": VALUE_KINDS,
    "tax_code": VALUE_KINDS,
    **dict.fromkeys(SALES, frozenset({"balance"})),
}


class DifferenceKind(Choice):
    """What is different."""

    MISSING_HERE = "missing_here", "Missing in Batchly", "red"
    MISSING_THERE = "missing_there", "Missing in QuickBooks", "red"
    UNLINKED = "unlinked", "Not linked", "amber"
    DELETED = "deleted", "Deleted in QuickBooks", "red"
    MERGED = "merged", "Merged in QuickBooks", "red"
    VOIDED = "voided", "Void on one side", "red"
    AMOUNT = "amount", "Amount", "red"
    CUSTOMER = "customer", "Customer", "red"
    NUMBER = "number", "Number", "red"
    DATE = "date", "Date", "amber"
    LINES = "lines", "Lines", "red"
    BALANCE = "balance", "Balance", "red"
    DOUBLE = "double", "Twice in QuickBooks", "red"
    INACTIVE = "inactive", "Inactive on one side", "amber"
    FIELD = "field", "Field", "amber"
    MISMATCH = "mismatch", "Differs after sending", "red"
    MADE_THERE = "made_there", "Made in QuickBooks", "neutral"


def repairs(entity_type: str, kind: str, *, is_void_here: bool = False) -> tuple[str, ...]:
    """Give the repairs that fit, the best one first; accepting it with a note always does."""
    fitting: tuple[str, ...] = ()
    if kind in ("missing_there", "deleted") and entity_type != "tax_code":
        fitting = (PUSH, TAKE) if entity_type == "payment" else (PUSH,)
    elif kind in ("unlinked", "merged"):
        fitting = (LINK, PUSH) if kind == "merged" else (LINK,)
    elif kind == "missing_here" and entity_type in FETCHED_WHOLE:
        fitting = (TAKE,)
    elif kind == "voided":
        fitting = _of_void(entity_type, is_void_here=is_void_here)
    elif kind == "inactive":
        fitting = (TAKE,) if entity_type == "tax_code" else (KEEP, TAKE)
    elif kind == "field" and entity_type == "customer":
        fitting = (KEEP, TAKE)
    elif kind in _FETCHABLE.get(entity_type, frozenset()):
        fitting = (TAKE,)
    return (*fitting, ACCEPT)


def _of_void(entity_type: str, *, is_void_here: bool) -> tuple[str, ...]:
    if is_void_here:
        return (KEEP,) if entity_type in SALES | {"payment", "refund"} else ()
    return (TAKE,) if entity_type in SALES | {"payment"} else ()


def advice(entity_type: str, kind: str, *, is_void_here: bool = False) -> str:
    """Give what fits to do, in words."""
    if kind == "voided":
        if is_void_here:
            return "It is void here. Keep ours voids it in QuickBooks too."
        return (
            "It was voided in QuickBooks. Take theirs voids it here too; if it is owed after all, "
            "issue a new one, as a void cannot be taken back."
        )
    if entity_type in SALES and kind in _CHANGED:
        return _CHANGED_SALE
    if kind == "missing_here" and entity_type in FETCHED_WHOLE & MONEY:
        return _MONEY["payment"]
    if entity_type in MONEY and kind in VALUE_KINDS | {"missing_here"}:
        return _MONEY.get(entity_type, "") or _MONEY["payment"]
    return _ADVICE.get(kind, "Accept it with a note, or put one of the two right.")


_CHANGED = frozenset({"amount", "customer", "number", "date", "lines", "mismatch"})
_CHANGED_SALE = (
    "An issued document never changes. Change it back in QuickBooks, and the next comparison "
    "closes this; or correct it here: that credits it in full and makes a new draft."
)
_MONEY = {
    "payment": "Take theirs fetches it from QuickBooks, where money is kept.",
    "refund": "Compare it with the bank, then put it right in QuickBooks or accept it.",
    "credit_application": "Use the credit here in the same way, or undo it in QuickBooks.",
}
_ADVICE = {
    "missing_there": "Push again makes it in QuickBooks.",
    "deleted": "Push again makes it in QuickBooks once more, as a new request.",
    "merged": "Link connects it with the record it was merged into.",
    "unlinked": "Link connects the two; nothing is sent.",
    "missing_here": "Take theirs fetches it; if it does not belong here, accept it with a note.",
    "made_there": "Somebody made it in QuickBooks. Accept it with a note once it is known.",
    "double": "Void or delete the copy in QuickBooks; the next comparison closes this.",
    "inactive": "Keep ours sends our state to QuickBooks; take theirs takes its state here.",
    "field": "Keep ours sends our value to QuickBooks; take theirs takes its value here.",
    "balance": "Take theirs fetches the payments. If it stays, look for a payment or credit that "
    "QuickBooks used otherwise.",
    "amount": "Fetch it from QuickBooks, or put it right there.",
}
