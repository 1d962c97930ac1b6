"""What an accountant does in the books with a hand of their own, and no client of ours can see."""

from __future__ import annotations

from datetime import date
from typing import Any

from batchly_admin.qbo.simulator.books.entity import Entity, Record
from batchly_admin.qbo.simulator.books.merging import merge
from batchly_admin.qbo.simulator.routes.control.preferences import set_preferences
from batchly_admin.qbo.simulator.routes.control.screen import Action, Form, Wrong, text
from batchly_admin.qbo.simulator.wire.fields import ANY, OURS, REF, TRUTH, Kind
from batchly_admin.qbo.simulator.wire.json_text import loads
from batchly_admin.qbo.simulator.wire.refusals import Fault
from batchly_admin.qbo.simulator.world import World

# --- the deeds themselves ------------------------------------------------------------------------


def pay(world: World, sent: dict[str, Any]) -> Record:
    """Record a payment: for an invoice, or on account of a customer.

    Raises:
        Fault: what QuickBooks refuses.
    """
    invoice = world.store.get("Invoice", sent.get("invoice")) if sent.get("invoice") else None
    if sent.get("invoice") and invoice is None:
        raise Fault("610", f"Object Not Found : Invoice {sent['invoice']}")
    customer = invoice["CustomerRef"]["value"] if invoice else str(sent.get("customer", ""))
    amount = sent.get("amount", invoice["Balance"] if invoice else 0)
    record: dict[str, Any] = {"CustomerRef": {"value": customer}, "TotalAmt": amount}
    if sent.get("date"):
        record["TxnDate"] = sent["date"]
    if sent.get("method"):
        record["PaymentMethodRef"] = {"value": _method(world, str(sent["method"]))}
    if invoice:
        link = {"TxnId": invoice["Id"], "TxnType": "Invoice"}
        record["Line"] = [{"Amount": amount, "LinkedTxn": [link]}]
    return _heard(world, world.books.save("Payment", record))


def change(world: World, kind: str, record_id: str, changes: dict[str, Any]) -> Record:
    """Change some fields of a record, whatever its newest version is.

    Raises:
        Fault: what QuickBooks refuses.
        KeyError: for an entity there is not.
    """
    token = {"Id": record_id, "SyncToken": world.books.read(kind, record_id)["SyncToken"]}
    return _heard(world, world.books.save(kind, {**changes, **token, "sparse": True}))


def delete(world: World, kind: str, record_id: str) -> Record:
    """Delete a transaction.

    Raises:
        Fault: what QuickBooks refuses.
        KeyError: for an entity there is not.
    """
    return _heard(world, world.books.delete(kind, world.books.read(kind, record_id)))


def void(world: World, kind: str, record_id: str) -> Record:
    """Void a transaction.

    Raises:
        Fault: what QuickBooks refuses.
        KeyError: for an entity there is not.
    """
    return _heard(world, world.books.void(kind, world.books.read(kind, record_id)))


def deposit(world: World, payment_id: str) -> Record:
    """Bring a payment to the bank; nobody can change it then.

    Raises:
        Fault: what QuickBooks refuses.
    """
    payment = world.books.read("Payment", payment_id)
    line = {
        "Amount": payment["TotalAmt"],
        "LinkedTxn": [{"TxnId": payment_id, "TxnType": "Payment"}],
    }
    bank = {"value": world.books.account("Checking")}
    world.books.save("Deposit", {"DepositToAccountRef": bank, "Line": [line]})
    return _heard(world, world.books.read("Payment", payment_id))


def merge_two(world: World, kind: str, keep: str, gone: str) -> Record:
    """Make one of two customers or vendors.

    Raises:
        Fault: what QuickBooks refuses.
    """
    return _heard(world, merge(world.books, kind, keep, gone))


def close_books(world: World, day: Any) -> None:
    """Close the books up to a day, or open them."""
    set_preferences(world, {"AccountingInfoPrefs.BookCloseDate": day})


def _heard(world: World, record: Record) -> Record:
    """Let listeners hear of a change."""
    world.changed.set()
    return record


def _method(world: World, asked: str) -> str:
    """Give the id of a payment method, asked for by its id or by its name."""
    named = (one["Id"] for one in world.store.all("PaymentMethod") if one["Name"] == asked)
    return str(next(named, asked))


# --- the same, as forms ask for it ---------------------------------------------------------------


def fields_of(entity: Entity) -> list[str]:
    """Give the fields of an entity a person can change with one value."""
    shape = entity.spec.shape
    return sorted(name for name, kind in shape.items() if _is_simple(kind) and name != "Active")


def _is_simple(kind: Kind) -> bool:
    if isinstance(kind, dict):
        return len(kind) == 1
    return not isinstance(kind, list) and kind not in {OURS, ANY}


def _value(kind: Kind, text: str) -> Any:
    """Give what was typed as a client would send it."""
    if kind == REF:
        return {"value": text}
    if isinstance(kind, dict):
        return {next(iter(kind)): text}
    return text.lower() if kind == TRUTH else text


def _which(world: World, form: Form) -> tuple[str, str]:
    kind, record_id = form.get("type", ""), text(form, "id", "Id")
    if kind not in world.books.entities:
        raise Wrong("Please choose what it is.", "type")
    return kind, record_id


def _pay(world: World, form: Form) -> str:
    names = ("invoice", "customer", "amount", "date", "method")
    given = {name: form[name].strip() for name in names if form.get(name, "").strip()}
    if "invoice" not in given and "customer" not in given:
        raise Wrong("Please say which invoice was paid, or which customer paid.", "invoice")
    if "invoice" not in given and "amount" not in given:
        raise Wrong("Please say how much was paid.", "amount")
    made = pay(world, given)
    return f"Payment {made['Id']} of {made['TotalAmt']:,.2f} was recorded."


def _change(world: World, form: Form) -> str:
    kind, record_id = _which(world, form)
    changes = _changes(world.books.entities[kind], form)
    done = change(world, kind, record_id, changes)
    return f"{kind} {record_id} was changed; it is version {done['SyncToken']} now."


def _changes(entity: Entity, form: Form) -> dict[str, Any]:
    if form.get("json", "").strip():
        try:
            found = loads(form["json"])
        except ValueError as error:
            raise Wrong(f"This is no JSON: {error}.", "json") from None
        if not isinstance(found, dict):
            raise Wrong("The fields have to be one JSON object.", "json")
        return found
    name = text(form, "field", "Field")
    kind = entity.spec.shape.get(name)
    if kind is None or not _is_simple(kind):
        raise Wrong(f"{entity.spec.kind} has no field {name[:50]} of one value.", "field")
    return {name: _value(kind, text(form, "value", "New value"))}


def _set_active(world: World, form: Form, *, active: bool) -> str:
    kind, record_id = _which(world, form)
    if not world.books.entities[kind].is_list:
        raise Wrong(f"{kind} is no list: its records are voided or deleted.", "type")
    change(world, kind, record_id, {"Active": active})
    return f"{kind} {record_id} is {'active again' if active else 'inactive now'}."


def _delete(world: World, form: Form) -> str:
    kind, record_id = _which(world, form)
    delete(world, kind, record_id)
    return f"{kind} {record_id} is gone."


def _void(world: World, form: Form) -> str:
    kind, record_id = _which(world, form)
    void(world, kind, record_id)
    return f"{kind} {record_id} is void."


def _end(world: World, form: Form) -> str:
    """Do what was chosen with a record: deactivate it, use it again, void it or delete it."""
    action = ENDS.get(form.get("deed", ""))
    if action is None:
        raise Wrong("Please choose what to do.", "deed")
    return action(world, form)


def _merge(world: World, form: Form) -> str:
    kind = form.get("type", "")
    keep, gone = text(form, "keep", "The one that stays"), text(form, "gone", "The one that goes")
    kept = merge_two(world, kind, keep, gone)
    return f"{kind} {gone} is {kept['DisplayName']} (id {keep}) now; its own id is gone."


def _deposit(world: World, form: Form) -> str:
    payment_id = text(form, "payment", "Payment")
    deposit(world, payment_id)
    return f"Payment {payment_id} was brought to the bank; nobody can change it now."


def _close(world: World, form: Form) -> str:
    day = form.get("date", "").strip()
    try:
        found = date.fromisoformat(day).isoformat() if day else None
    except ValueError:
        raise Wrong("Please give a day such as 2026-12-31.", "date") from None
    close_books(world, found)
    return f"The books are closed up to {found}." if found else "The books are open."


def _disconnect(world: World, _form: Form) -> str:
    world.oauth.disconnect(world.realm_id)
    return "The app is disconnected: its tokens are no good any more."


def _deactivate(world: World, form: Form) -> str:
    return _set_active(world, form, active=False)


def _reactivate(world: World, form: Form) -> str:
    return _set_active(world, form, active=True)


ENDS: dict[str, Action] = {
    "deactivate": _deactivate,
    "reactivate": _reactivate,
    "void": _void,
    "delete": _delete,
}
ACTIONS: dict[str, Action] = {
    **ENDS,
    "payment": _pay,
    "edit": _change,
    "end": _end,
    "merge": _merge,
    "deposit": _deposit,
    "close": _close,
    "disconnect": _disconnect,
}
"""What the forms of the accountant's page, and of each record's, may ask for."""
