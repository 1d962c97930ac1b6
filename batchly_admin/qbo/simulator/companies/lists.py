"""The lists of a company: who it deals with, and the words it uses on its documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from batchly_admin.qbo.simulator.books.books import Books

Record = dict[str, Any]

TERMS: tuple[tuple[str, int], ...] = (
    *(("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60)),
)
MORE_TERMS: tuple[tuple[str, Record], ...] = (
    ("Net 10", {"DueDays": 10}),
    ("2% 10 Net 30", {"DueDays": 30, "DiscountDays": 10, "DiscountPercent": 2}),
    ("15th of the month", {"DayOfMonthDue": 15, "DueNextMonthDays": 5}),
    (
        "End of next month",
        {"DayOfMonthDue": 31, "DueNextMonthDays": 31, "DiscountDayOfMonth": 10},
    ),
)
METHODS = (
    ("Cash", "NON_CREDIT_CARD"),
    ("Check", "NON_CREDIT_CARD"),
    ("Credit Card", "CREDIT_CARD"),
    ("ACH", "NON_CREDIT_CARD"),
)
MORE_METHODS = (("Gift Certificate", "NON_CREDIT_CARD"),)
CLASSES = ("Screen Printing", "Embroidery", "Promotional", "Promotional:Trade Shows", "Counter")
DEPARTMENTS = ("Workshop", "Storefront", "Online", "Online:School Stores")
CUSTOMER_TYPES = ("Business", "School", "Club", "Reseller")
CURRENCIES = (("CAD", "0.73"), ("EUR", "1.08"), ("GBP", "1.27"))
FIRST = ("Harbor", "Maple", "Summit", "Cedar", "Union", "Lakeview", "Granite", "Prospect")
SECOND = ("Brewing", "Middle School", "Cycling Club", "Bakery", "Dental")
TYPE_OF = {"Middle School": "School", "Cycling Club": "Club"}
PLACES = (
    ("Albany", "NY", "12203", "518", "Albany"),
    ("Troy", "NY", "12180", "518", "Albany"),
    ("Brooklyn", "NY", "11201", "718", "New York City"),
    ("Hartford", "CT", "06103", "860", "Connecticut"),
    ("Newark", "NJ", "07102", "973", "New Jersey"),
)
"""Where customers are: city, state, postal code, area code, and the tax code of sales there."""
PEOPLE = (("Ines", "Calder"), ("Tobias", "Winterberg"), ("Maya", "Okonjo"))
JOBS = (
    ("Harbor Brewing", "Taproom Opening"),
    ("Harbor Brewing", "Summer Tour"),
    ("Maple Middle School", "Marching Band"),
    ("Maple Middle School", "Track Team"),
)
COUNTER = "Counter Sales"
GONE = "Old Mill Outfitters"
VENDORS: tuple[tuple[str, str, str], ...] = (
    ("Eastern Blanks", "Net 30", "Garments"),
    ("Inkworks Supply", "Net 30", "Inks, screens and film"),
    ("Thread Depot", "Net 15", "Thread and backing"),
    ("City Power", "15th of the month", "Gas and electricity"),
    ("Mill Road Realty", "Due on receipt", "The workshop's landlord"),
    ("Parcel Partners", "Net 15", "Freight"),
    ("Northside Garments", "2% 10 Net 30", "Hooded sweatshirts and outerwear"),
    ("Tidewater Mugs", "Net 30", "Cups to print on"),
    ("Capital Mutual", "Net 10", "Insurance"),
    ("Switchboard Telecom", "Net 15", "Telephone and internet"),
    ("Ledger & Lamb", "Net 30", "Bookkeeping"),
    ("First Hudson Bank", "Due on receipt", "The loan for the press"),
    ("Corner Fuel", "Due on receipt", ""),
    ("Paper & Pens", "Due on receipt", ""),
)
"""Each vendor with its term and what the company gets there."""
CONTRACTOR = ("Pia", "Santoro")
STAFF = (
    ("Dana", "Reyes", "Press operator"),
    ("Omar", "Haddad", "Embroidery"),
    ("Grace", "Lindqvist", "Artwork"),
    ("Felix", "Amsel", "Orders"),
)


def write_words(books: Books) -> None:
    """Write the terms and payment methods every company has."""
    for name, days in TERMS:
        books.save("Term", {"Name": name, "DueDays": days})
    for name, kind in METHODS:
        books.save("PaymentMethod", {"Name": name, "Type": kind})


def write_demo(books: Books) -> None:
    """Write the lists of the demo company."""
    _words(books)
    _people(books)
    _customers(books)


def _words(books: Books) -> None:
    for name, given in MORE_TERMS:
        books.save("Term", {"Name": name, **given})
    for name, kind in MORE_METHODS:
        books.save("PaymentMethod", {"Name": name, "Type": kind})
    _tree(books, "Class", "SubClass", CLASSES)
    _tree(books, "Department", "SubDepartment", DEPARTMENTS)
    for name in CUSTOMER_TYPES:
        books.keep("CustomerType", {"Name": name, "Active": True})
    for code, rate in CURRENCIES:
        books.save("CompanyCurrency", {"Code": code})
        books.save("ExchangeRate", {"SourceCurrencyCode": code, "Rate": rate})


def _tree(books: Books, kind: str, mark: str, names: tuple[str, ...]) -> None:
    ids: dict[str, str] = {}
    for full_name in names:
        above, _, name = full_name.rpartition(":")
        below = {mark: True, "ParentRef": {"value": ids[above]}} if above else {}
        ids[full_name] = books.save(kind, {"Name": name, **below})["Id"]


def _people(books: Books) -> None:
    terms = {one["Name"]: one["Id"] for one in books.store.all("Term")}
    for place, (name, term, notes) in enumerate(VENDORS):
        vendor = {
            "DisplayName": name,
            "CompanyName": name,
            "AcctNum": f"RPS-{place + 17:03d}",
            "Notes": notes,
            "TermRef": {"value": terms[term]},
            "PrimaryPhone": {"FreeFormNumber": f"(518) 555-02{place:02d}"},
            "PrimaryEmailAddr": {"Address": _address("accounts", name)},
            "BillAddr": _street(place * 9 + 4, "Canal Street", PLACES[place % 2]),
        }
        books.save("Vendor", vendor)
    first, last = CONTRACTOR
    contractor = {"GivenName": first, "FamilyName": last, "TaxIdentifier": "000-00-1099"}
    books.save("Vendor", {**contractor, "Vendor1099": True})
    for place, (first, last, does) in enumerate(STAFF):
        employee = {
            "GivenName": first,
            "FamilyName": last,
            "EmployeeNumber": f"E-{place + 1:02d}",
            "HiredDate": f"20{19 + place}-03-01",
            "BillableTime": does == "Artwork",
            "PrimaryPhone": {"FreeFormNumber": f"(518) 555-03{place:02d}"},
            "PrimaryAddr": _street(place * 6 + 2, "Orchard Lane", PLACES[place % 2]),
        }
        books.save("Employee", employee)


def _customers(books: Books) -> None:
    terms = {one["Name"]: one["Id"] for one in books.store.all("Term")}
    for first, last in PEOPLE:
        body = {"GivenName": first, "FamilyName": last, "SalesTermRef": {"value": terms["Net 15"]}}
        books.save("Customer", _reachable(books, body, f"{first} {last}", len(last)))
    for name in (COUNTER, GONE):
        gone = books.save("Customer", {"DisplayName": name, "CompanyName": name})
    books.save("Customer", {**gone, "sparse": True, "Active": False})
    names = [f"{first} {second}" for first in FIRST for second in SECOND][:25]
    for place, name in enumerate(names):
        kind = TYPE_OF.get(name.partition(" ")[2], "Reseller" if place % 9 == 8 else "Business")
        types = books.store.ids("CustomerType", "Name", kind.casefold())
        term = ("Net 30", "Net 30", "Net 15", "Net 60", "End of next month")[place % 5]
        body = {
            "CompanyName": name,
            "CustomerTypeRef": {"value": types[0]},
            "SalesTermRef": {"value": terms[term]},
            "PreferredDeliveryMethod": "Email",
        }
        customer = books.save("Customer", _reachable(books, body, name, place))
        for job in [job for above, job in JOBS if above == name]:
            below = {"DisplayName": job, "Job": True, "BillWithParent": True}
            books.save("Customer", {**below, "ParentRef": {"value": customer["Id"]}})


def _reachable(books: Books, body: Record, name: str, place: int) -> Record:
    """Give a customer with the ways to reach them, and the tax of their place."""
    where = PLACES[place % len(PLACES)]
    house = _street(place * 7 + 3, "Main Street", where)
    found = {
        "DisplayName": name,
        **body,
        "PrimaryEmailAddr": {"Address": _address("office", name)},
        "PrimaryPhone": {"FreeFormNumber": f"({where[3]}) 555-01{place:02d}"},
        "BillAddr": house,
        "ShipAddr": house,
    }
    if "School" in name:
        return {**found, "Taxable": False, "ResaleNum": f"EX-{place + 2000}"}
    code = books.store.ids("TaxCode", "Name", where[4].casefold())
    return {**found, "Taxable": True, "DefaultTaxCodeRef": {"value": code[0]}}


def _street(number: int, street: str, where: tuple[str, ...]) -> Record:
    city, state, code, *_ = where
    return {
        "Line1": f"{number} {street}",
        "City": city,
        "CountrySubDivisionCode": state,
        "PostalCode": code,
        "Country": "USA",
    }


def _address(who: str, name: str) -> str:
    return f"{who}@{name.lower().replace(' & ', '-').replace(' ', '-')}.example"
