"""The company's preferences, as a form and by their dotted paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from batchly_admin.qbo.simulator.routes.control.answers import answer, sent
from batchly_admin.qbo.simulator.routes.control.screen import Form, Screen, Typed, Wrong
from batchly_admin.qbo.simulator.wire.values import at, truth
from batchly_admin.qbo.simulator.world import World

PAIRS = "OtherPrefs.NameValue"
"""A list of names and values: preferences that have no field of their own."""


@dataclass(frozen=True, slots=True)
class Preference:
    """One preference: `kind` is flag, maybe (yes, no or not there), text, day, term or choice."""

    path: str
    label: str
    kind: str = "flag"
    hint: str = ""
    choices: tuple[str, ...] = ()
    is_pair: bool = False


GROUPS: tuple[tuple[str, tuple[Preference, ...]], ...] = (
    (
        "Sales forms",
        (
            Preference(
                "SalesFormsPrefs.CustomTxnNumbers",
                "The company numbers its sales documents itself",
                hint="Off, QuickBooks numbers them.",
            ),
            Preference("SalesFormsPrefs.AllowShipping", "Shipping"),
            Preference("SalesFormsPrefs.AllowDiscount", "Discounts"),
            Preference("SalesFormsPrefs.AllowDeposit", "Deposits on invoices"),
            Preference("SalesFormsPrefs.AllowEstimates", "Estimates"),
            Preference("SalesFormsPrefs.AllowServiceDate", "A service date on lines"),
            Preference("SalesFormsPrefs.AutoApplyCredit", "Apply credits by itself"),
            Preference("SalesFormsPrefs.AutoApplyPayments", "Apply payments by itself"),
            Preference("SalesFormsPrefs.UsingProgressInvoicing", "Progress invoicing"),
            Preference("SalesFormsPrefs.ETransactionPaymentEnabled", "Online payments"),
            Preference(
                "SalesFormsPrefs.ETransactionEnabledStatus",
                "Online invoices",
                "choice",
                choices=("", "NotApplicable", "Enabled", "Disabled"),
            ),
            Preference("SalesFormsPrefs.EmailCopyToCompany", "A copy of each mail to the company"),
            Preference("SalesFormsPrefs.SalesEmailCc.Address", "Copies to", "text"),
            Preference("SalesFormsPrefs.SalesEmailBcc.Address", "Blind copies to", "text"),
            Preference("SalesFormsPrefs.DefaultTerms.value", "Usual terms", "term"),
            Preference("SalesFormsPrefs.DefaultCustomerMessage", "Message to customers", "text"),
        ),
    ),
    (
        "Taxes and currencies",
        (
            Preference("TaxPrefs.UsingSalesTax", "Sales tax"),
            Preference(
                "TaxPrefs.PartnerTaxEnabled",
                "Automated sales tax",
                "maybe",
                "Yes: it computes. No: not set up yet. Not there: the old manual way.",
            ),
            Preference("CurrencyPrefs.MultiCurrencyEnabled", "Several currencies"),
        ),
    ),
    (
        "Accounts",
        (
            Preference(
                "AccountingInfoPrefs.BookCloseDate",
                "Books are closed up to",
                "day",
                "Empty for open books.",
            ),
            Preference("AccountingInfoPrefs.ClassTrackingPerTxn", "A class for each document"),
            Preference("AccountingInfoPrefs.ClassTrackingPerTxnLine", "A class for each line"),
            Preference("AccountingInfoPrefs.TrackDepartments", "Departments"),
            Preference("AccountingInfoPrefs.UseAccountNumbers", "Account numbers"),
        ),
    ),
    (
        "Products and purchases",
        (
            Preference("ProductAndServicesPrefs.ForSales", "Products on sales forms"),
            Preference("ProductAndServicesPrefs.ForPurchase", "Products on purchase forms"),
            Preference("ProductAndServicesPrefs.QuantityOnHand", "Quantities on hand"),
            Preference(
                "VendorAndPurchasesPrefs.UseCustomTxnNumbers",
                "The company numbers its purchase documents itself",
                is_pair=True,
            ),
        ),
    ),
)


def preferences_of(world: World) -> dict[str, Any]:
    """Give the company's preferences."""
    return world.store.get("Preferences", "1") or {}


def set_preferences(world: World, wanted: Mapping[str, Any]) -> None:
    """Set preferences by their dotted paths; without a value one goes away."""
    with world.store.write():
        record = world.store.copy("Preferences", "1") or {}
        for path, value in wanted.items():
            *parents, last = path.split(".")
            place = record
            for part in parents:
                place = place.setdefault(part, {})
            if value is None:
                place.pop(last, None)
            else:
                place[last] = value
        record["SyncToken"] = str(int(record["SyncToken"]) + 1)
        world.store.put("Preferences", record, operation="Update", at=world.stamp())
    world.changed.set()


def add_routes(found: Blueprint, screen: Screen) -> None:
    """Give the addresses of the preferences."""

    @found.post("/api/preferences")
    def api_preferences() -> ResponseReturnValue:
        set_preferences(screen.world, sent())
        return answer({"preferences": preferences_of(screen.world)})

    @found.get("/preferences")
    def preferences() -> ResponseReturnValue:
        return _show(screen)

    @found.post("/preferences")
    def do_preferences() -> ResponseReturnValue:
        return screen.act({"preferences": _save}, lambda typed: _show(screen, typed))


def _show(screen: Screen, typed: Typed | None = None) -> ResponseReturnValue:
    record = preferences_of(screen.world)
    shown = {one.path: _in_form(record, one) for _title, some in GROUPS for one in some}
    terms = [(one["Id"], one["Name"]) for one in screen.world.store.all("Term")]
    return screen.show("preferences", typed, groups=GROUPS, shown=shown, terms=terms)


def _in_form(record: dict[str, Any], one: Preference) -> Any:
    """Give a preference as its input shows it."""
    value = _pair(record, one.path) if one.is_pair else at(record, one.path)
    if one.kind == "flag":
        return truth(value)
    if one.kind == "maybe":
        return "" if value is None else "yes" if truth(value) else "no"
    return "" if value is None else str(value)


def _pair(record: dict[str, Any], name: str) -> Any:
    pairs = at(record, PAIRS) or []
    return next((one.get("Value") for one in pairs if one.get("Name") == name), None)


def _save(world: World, form: Form) -> str:
    record = preferences_of(world)
    changed: dict[str, Any] = {}
    labels = []
    for one in (one for _title, some in GROUPS for one in some):
        value = one.path in form if one.kind == "flag" else form.get(one.path, "").strip()
        if value == _in_form(record, one):
            continue
        labels.append(one.label)
        if one.is_pair:
            changed[PAIRS] = _with_pair(record, one.path, "true" if value else "false")
        else:
            path, kept = _out_of_form(world, one, value)
            changed[path] = kept
    if not changed:
        return "Nothing was changed."
    set_preferences(world, changed)
    return f"Changed: {', '.join(labels)}."


def _out_of_form(world: World, one: Preference, value: Any) -> tuple[str, Any]:
    """Give where a preference is kept and what is kept there.

    Raises:
        Wrong: it cannot be that.
    """
    if one.kind == "flag":
        return one.path, value
    if not value:
        # What is an object of one field goes away as a whole.
        path = one.path.rsplit(".", 1)[0] if one.path.count(".") > 1 else one.path
        return path, None
    if one.kind == "maybe":
        return one.path, value == "yes"
    if one.kind == "day":
        try:
            return one.path, date.fromisoformat(value).isoformat()
        except ValueError:
            raise Wrong(f"{one.label}: please give a day such as 2026-12-31.", one.path) from None
    if one.kind == "term" and world.store.get("Term", value) is None:
        raise Wrong(f"{one.label}: there are no such terms.", one.path)
    if one.kind == "choice" and value not in one.choices:
        raise Wrong(f"{one.label}: please choose one of the list.", one.path)
    return one.path, value


def _with_pair(record: dict[str, Any], name: str, value: str) -> list[dict[str, Any]]:
    pairs = [one for one in at(record, PAIRS) or [] if one.get("Name") != name]
    return [*pairs, {"Name": name, "Value": value}]
