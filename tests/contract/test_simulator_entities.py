"""Every entity's life, through python-quickbooks as it comes."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from quickbooks import QuickBooks
from quickbooks.exceptions import ObjectNotFoundException, QuickbooksException
from quickbooks.objects.account import Account
from quickbooks.objects.base import EmailAddress, LinkedTxn, PhoneNumber, Ref
from quickbooks.objects.company_info import CompanyInfo
from quickbooks.objects.creditmemo import CreditMemo
from quickbooks.objects.customer import Customer
from quickbooks.objects.detailline import SalesItemLine, SalesItemLineDetail
from quickbooks.objects.employee import Employee
from quickbooks.objects.estimate import Estimate
from quickbooks.objects.invoice import Invoice
from quickbooks.objects.item import Item
from quickbooks.objects.payment import Payment, PaymentLine
from quickbooks.objects.paymentmethod import PaymentMethod
from quickbooks.objects.preferences import Preferences
from quickbooks.objects.taxagency import TaxAgency
from quickbooks.objects.taxcode import TaxCode
from quickbooks.objects.taxrate import TaxRate
from quickbooks.objects.taxservice import TaxRateDetails, TaxService
from quickbooks.objects.term import Term
from quickbooks.objects.vendor import Vendor

from tests.contract.wire import Wire, fresh

SUBTOTAL = "SubTotalLineDetail"


def reference(record: Any) -> Ref:
    found = Ref()
    found.value = record.Id
    return found


def account_of(subtype: str, qb: QuickBooks) -> Ref:
    return reference(Account.filter(AccountSubType=subtype, qb=qb)[0])


def a_customer(qb: QuickBooks) -> Any:
    made = Customer()
    made.DisplayName = fresh("Customer")
    return made.save(qb=qb)


def a_service(qb: QuickBooks) -> Any:
    made = Item()
    made.Name = fresh("Service")
    made.Type = "Service"
    made.IncomeAccountRef = account_of("ServiceFeeIncome", qb)
    return made.save(qb=qb)


def a_sale(kind: Callable[[], Any], qb: QuickBooks, *amounts: str) -> Any:
    made = kind()
    made.CustomerRef = reference(a_customer(qb))
    service = a_service(qb)
    for amount in amounts or ("100.00",):
        one = SalesItemLine()
        one.Amount = Decimal(amount)
        one.SalesItemLineDetail = SalesItemLineDetail()
        one.SalesItemLineDetail.ItemRef = reference(service)
        made.Line.append(one)
    return made


def list_entry(kind: Callable[[], Any], name_field: str, **fields: Any) -> Any:
    made = kind()
    setattr(made, name_field, fresh(kind.__name__))
    for name, value in fields.items():
        setattr(made, name, value)
    return made


LISTS = [
    pytest.param(Customer, "DisplayName", {}, ("Notes", "changed"), id="customer"),
    pytest.param(Vendor, "DisplayName", {}, ("AcctNum", "V-77"), id="vendor"),
    pytest.param(
        Employee, "FamilyName", {"GivenName": "Ann"}, ("EmployeeNumber", "7"), id="employee"
    ),
    pytest.param(Term, "Name", {"DueDays": 20}, ("DueDays", 25), id="term"),
    pytest.param(
        PaymentMethod, "Name", {"Type": "NON_CREDIT_CARD"}, ("Type", "CREDIT_CARD"), id="method"
    ),
    pytest.param(
        Account,
        "Name",
        {"AccountType": "Bank", "AccountSubType": "Checking"},
        ("Description", "new"),
        id="account",
    ),
]


@pytest.mark.parametrize(("kind", "name_field", "fields", "change"), LISTS)
def test_a_list_entry_is_made_read_found_changed_and_deactivated(
    qb: QuickBooks, kind: Any, name_field: str, fields: dict[str, Any], change: tuple[str, Any]
) -> None:
    made = list_entry(kind, name_field, **fields).save(qb=qb)
    assert int(made.Id) > 0
    assert made.SyncToken == "0"
    read = kind.get(made.Id, qb=qb)
    assert getattr(read, name_field) == getattr(made, name_field)
    assert [one.Id for one in kind.filter(Id=made.Id, qb=qb)] == [made.Id]
    setattr(read, *change)
    changed = read.save(qb=qb)
    assert changed.SyncToken == "1"
    assert str(getattr(kind.get(made.Id, qb=qb), change[0])) == str(change[1])
    changed.Active = False
    gone = changed.save(qb=qb)
    assert gone.Active is False
    assert kind.filter(Id=made.Id, qb=qb) == [], "inactive entries are hidden"
    assert kind.get(made.Id, qb=qb).Active is False


@pytest.mark.parametrize("kind", ["NonInventory", "Service"])
def test_an_item_is_made_read_and_changed(qb: QuickBooks, kind: str) -> None:
    made = Item()
    made.Name = fresh(kind)
    made.Type = kind
    made.Sku = "SKU-1"
    made.UnitPrice = Decimal("12.345")
    made.IncomeAccountRef = account_of("SalesOfProductIncome", qb)
    saved = made.save(qb=qb)
    read = Item.get(saved.Id, qb=qb)
    assert (read.Sku, read.UnitPrice, read.Type) == ("SKU-1", Decimal("12.345"), kind)
    read.UnitPrice = Decimal(13)
    read.save(qb=qb)
    assert Item.get(saved.Id, qb=qb).UnitPrice == 13
    assert saved.Id in {one.Id for one in Item.all(max_results=1000, qb=qb)}


def test_an_inventory_item_keeps_its_stock(qb: QuickBooks) -> None:
    made = Item()
    made.Name = fresh("Tee")
    made.Type = "Inventory"
    made.TrackQtyOnHand = True
    made.QtyOnHand = 40
    made.InvStartDate = "2026-01-01"
    made.IncomeAccountRef = account_of("SalesOfProductIncome", qb)
    made.ExpenseAccountRef = account_of("SuppliesMaterialsCogs", qb)
    made.AssetAccountRef = account_of("Inventory", qb)
    read = Item.get(made.save(qb=qb).Id, qb=qb)
    assert (read.QtyOnHand, read.TrackQtyOnHand, read.InvStartDate) == (40, True, "2026-01-01")


def test_items_stand_below_a_category(wire: Wire) -> None:
    category = wire.create("Item", {"Name": fresh("Apparel"), "Type": "Category"})
    inside = wire.item(SubItem=True, ParentRef={"value": category["Id"]})
    assert inside["FullyQualifiedName"] == f"{category['Name']}:{inside['Name']}"
    assert inside["Level"] == 1


@pytest.mark.parametrize("kind", [Invoice, Estimate, CreditMemo])
def test_a_sale_is_made_read_changed_and_printed(qb: QuickBooks, kind: Any) -> None:
    made = a_sale(kind, qb, "100.00", "20.50").save(qb=qb)
    read = kind.get(made.Id, qb=qb)
    assert read.TotalAmt == Decimal("120.50")
    assert [one.DetailType for one in read.Line][-1] == SUBTOTAL
    read.PrivateNote = "seen"
    assert read.save(qb=qb).PrivateNote == "seen"
    assert qb.download_pdf(kind.qbo_object_name, made.Id).startswith(b"%PDF-1.")


@pytest.mark.parametrize("kind", [Invoice, Estimate])
def test_a_sale_is_sent_by_mail(qb: QuickBooks, kind: Any) -> None:
    made = a_sale(kind, qb).save(qb=qb)
    sent = made.send(qb=qb, send_to="a.b+c@example.com")[kind.qbo_object_name]
    assert sent["EmailStatus"] == "EmailSent"
    assert sent["BillEmail"]["Address"] == "a.b+c@example.com"
    assert sent["DeliveryInfo"]["DeliveryType"] == "Email"


@pytest.mark.parametrize("kind", [Invoice, Estimate, CreditMemo, Payment])
def test_a_transaction_is_deleted_for_good(qb: QuickBooks, kind: Any) -> None:
    made = a_payment(qb)[0] if kind is Payment else a_sale(kind, qb).save(qb=qb)
    made = kind.get(made.Id, qb=qb)
    assert made.delete(qb=qb)[kind.qbo_object_name]["status"] == "Deleted"
    with pytest.raises(ObjectNotFoundException):
        kind.get(made.Id, qb=qb)
    assert kind.filter(Id=made.Id, qb=qb) == []


def a_payment(qb: QuickBooks, amount: str = "40.00") -> tuple[Any, Any]:
    invoice = a_sale(Invoice, qb, "100.00").save(qb=qb)
    made = Payment()
    made.CustomerRef = invoice.CustomerRef
    made.TotalAmt = Decimal(amount)
    applied = PaymentLine()
    applied.Amount = Decimal(amount)
    link = LinkedTxn()
    link.TxnId, link.TxnType = invoice.Id, "Invoice"
    applied.LinkedTxn.append(link)
    made.Line.append(applied)
    return made.save(qb=qb), invoice


def test_an_invoice_is_voided(qb: QuickBooks) -> None:
    made = a_sale(Invoice, qb).save(qb=qb)
    made.void(qb=qb)
    read = Invoice.get(made.Id, qb=qb)
    assert (read.TotalAmt, read.Balance, read.SyncToken) == (0, 0, "1")
    assert read.PrivateNote.startswith("Voided")


def test_a_payment_is_voided_and_its_invoice_is_open_again(qb: QuickBooks) -> None:
    payment, invoice = a_payment(qb)
    assert Invoice.get(invoice.Id, qb=qb).Balance == 60
    payment.void(qb=qb)
    assert Payment.get(payment.Id, qb=qb).TotalAmt == 0
    assert Invoice.get(invoice.Id, qb=qb).Balance == 100


def test_taxes_are_set_up_through_the_tax_service(qb: QuickBooks) -> None:
    agency = TaxAgency()
    agency.DisplayName = fresh("Agency")
    agency = agency.save(qb=qb)
    assert TaxAgency.get(agency.Id, qb=qb).DisplayName == agency.DisplayName
    rate = TaxRateDetails()
    rate.TaxRateName = fresh("Rate")
    rate.RateValue = 7
    rate.TaxAgencyId = agency.Id
    rate.TaxApplicableOn = "Sales"
    service = TaxService()
    service.TaxCode = fresh("Code")
    service.TaxRateDetails.append(rate)
    made = service.save(qb=qb)
    code = TaxCode.get(made.TaxCodeId, qb=qb)
    assert code.Name == service.TaxCode
    rate_id = code.SalesTaxRateList.TaxRateDetail[0].TaxRateRef.value
    found = TaxRate.get(rate_id, qb=qb)
    assert (found.RateValue, found.AgencyRef.value) == (7, agency.Id)
    with pytest.raises(QuickbooksException) as caught:
        service.save(qb=qb)
    assert caught.value.error_code == 6240


def test_the_company_and_its_preferences_are_read(qb: QuickBooks, wire: Wire) -> None:
    company = CompanyInfo.get(1, qb=qb)
    assert company.CompanyName
    assert company.Country == "US"
    assert wire.fine("GET", f"companyinfo/{wire.realm}")["CompanyInfo"]["Id"] == "1"
    preferences = Preferences.get(qb=qb)
    assert preferences.SalesFormsPrefs.CustomTxnNumbers is True
    assert preferences.SalesFormsPrefs.AllowDiscount is True
    assert preferences.SalesFormsPrefs.AllowShipping is True
    assert preferences.TaxPrefs.UsingSalesTax is True
    assert "PartnerTaxEnabled" not in wire.fine("GET", "preferences")["Preferences"]["TaxPrefs"]


def test_an_empty_company_has_the_usual_lists(qb: QuickBooks) -> None:
    accounts = Account.all(max_results=1000, qb=qb)
    assert len(accounts) >= 40
    wanted = {"SalesOfProductIncome", "DiscountsRefundsGiven", "SuppliesMaterialsCogs", "Inventory"}
    wanted |= {"UndepositedFunds", "AccountsReceivable", "Checking"}
    assert wanted <= {one.AccountSubType for one in accounts}
    terms = {one.Name: one.DueDays for one in Term.all(qb=qb)}
    assert {"Due on receipt": 0, "Net 15": 15, "Net 30": 30, "Net 60": 60}.items() <= terms.items()
    methods = {one.Name for one in PaymentMethod.all(qb=qb)}
    assert {"Cash", "Check", "Credit Card", "ACH"} <= methods
    assert {"TAX", "NON"} <= {one.Id for one in TaxCode.all(qb=qb)}


def test_a_full_update_forgets_what_is_not_sent_and_a_sparse_one_keeps_it(wire: Wire) -> None:
    made = wire.customer(Notes="keep", CompanyName="Acme")
    sparse = wire.change("Customer", made, CompanyName="Acme Two")
    assert (sparse["Notes"], sparse["CompanyName"], sparse["sparse"]) == ("keep", "Acme Two", False)
    version = {"Id": made["Id"], "SyncToken": sparse["SyncToken"]}
    full = wire.create("Customer", {**version, "DisplayName": made["DisplayName"]})
    assert "Notes" not in full
    assert "CompanyName" not in full


def test_what_was_read_can_be_posted_back_whole(wire: Wire) -> None:
    invoice = wire.invoice("10.00", DocNumber=fresh("N"), PrivateNote="note")
    again = wire.create("Invoice", invoice)
    same = {key: value for key, value in again.items() if key not in {"SyncToken", "MetaData"}}
    assert same == {k: v for k, v in invoice.items() if k not in {"SyncToken", "MetaData"}}


def test_contact_details_survive_the_round_trip(qb: QuickBooks) -> None:
    made = Customer()
    made.DisplayName = fresh("Café Zoë & Sons ")
    made.PrimaryEmailAddr = EmailAddress()
    made.PrimaryEmailAddr.Address = "zoe@example.com"
    made.PrimaryPhone = PhoneNumber()
    made.PrimaryPhone.FreeFormNumber = "(518) 555-0100"
    read = Customer.get(made.save(qb=qb).Id, qb=qb)
    assert read.PrimaryEmailAddr.Address == "zoe@example.com"
    assert read.PrimaryPhone.FreeFormNumber == "(518) 555-0100"
    assert read.PrintOnCheckName == read.DisplayName
