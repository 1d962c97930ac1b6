"""The demo company's year with its vendors: orders, bills, what it pays at once and later."""

from __future__ import annotations

from decimal import Decimal

from batchly_admin.qbo.simulator.books.orders import BY_ITEM
from batchly_admin.qbo.simulator.books.receivables import applied
from batchly_admin.qbo.simulator.books.spending_lines import BY_ACCOUNT
from batchly_admin.qbo.simulator.companies.shop import YEAR, Record, Shop
from batchly_admin.qbo.simulator.wire.values import cents

ORDERS, LATE = 31, 27
"""How many orders go out, and the one of them that has not come yet."""
LOW, FULL = 480, 720
"""Goods are ordered below the one quantity, up to the other."""
MOST_LINES = 7
WITH_GOODS = (
    *(("Eastern Blanks", "Apparel"), ("Northside Garments", "Apparel")),
    ("Tidewater Mugs", "Promotional Goods"),
)
REGULAR: tuple[tuple[str, str, int, int, int], ...] = (
    ("City Power", "Utilities:Gas and Electric", 30, 430, 690),
    ("Switchboard Telecom", "Utilities:Telephone and Internet", 30, 189, 189),
    ("Inkworks Supply", "Job Supplies:Ink and Chemicals", 30, 880, 1540),
    ("Thread Depot", "Job Supplies:Thread and Backing", 60, 310, 620),
    ("Parcel Partners", "Freight and Shipping Costs", 60, 540, 980),
    ("Capital Mutual", "Insurance", 90, 1450, 1450),
    ("Ledger & Lamb", "Legal & Professional Fees:Bookkeeping", 90, 900, 900),
)
"""Bills that come again: vendor, account, how many days apart, the least and the most of one."""
ON_CARD: tuple[tuple[str, str, int, int, int], ...] = (
    ("Paper & Pens", "Office Expenses", 38, 40, 160),
    ("Corner Fuel", "Automobile:Fuel", 27, 55, 95),
    ("", "Computer & Software", 30, 149, 149),
    ("", "Advertising", 72, 280, 560),
    ("", "Travel", 170, 320, 640),
    ("", "Travel Meals", 170, 48, 90),
    ("", "Maintenance and Repair:Equipment Repairs", 110, 210, 480),
)
IN_CASH = (("", "Meals", 62, 18, 44), ("", "Job Supplies", 85, 12, 35))
LOAN, INTEREST = Decimal("850.00"), Decimal("214.60")
LAG = {"Net 10": 9, "Net 15": 14, "Due on receipt": 1}
"""After how many days a bill is paid; all others after 27."""


class Buying:
    """Plans what happens with vendors, and lets it happen."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.check = 5100
        items = list(shop.books.store.all("Item"))
        self.goods = [one for one in items if one["Type"] == "Inventory"]
        self.vendors = {one["DisplayName"]: one for one in shop.books.store.all("Vendor")}

    def plan(self) -> None:
        """Plan the year."""
        at = self.shop.at
        for place in range(ORDERS):
            at(YEAR - 2 - place * 353 // (ORDERS - 1), self.order, place)
        for place, given in enumerate(REGULAR):
            for ago in range(YEAR - 5 - place * 2, 2, -given[2]):
                at(ago, self.bill, *given[:2], *given[3:])
        for place, given in enumerate(ON_CARD):
            for ago in range(YEAR - 9 - place * 3, 1, -given[2]):
                at(ago, self.buy, "CreditCard", "Business Card", *given)
        for place, given in enumerate(IN_CASH):
            for ago in range(YEAR - 21 - place * 4, 1, -given[2]):
                at(ago, self.buy, "Cash", "Petty Cash", *given)
        for ago in range(YEAR - 14, 2, -30):
            at(ago, self.repay)
        at(97, self.give_back)
        at(64, self.give_back_on_card)

    # --- goods ---------------------------------------------------------------------------------

    def order(self, place: int) -> None:
        """Order what runs low; it comes a week later, with the bill."""
        name, category = WITH_GOODS[place % len(WITH_GOODS)]
        low = sorted(
            (self._on_hand(one), int(one["Id"]), one)
            for one in self.goods
            if one["FullyQualifiedName"].startswith(category)
        )
        lines = [
            _goods(item, (FULL - pieces) // 12 * 12)
            for pieces, _, item in low[:MOST_LINES]
            if pieces < LOW
        ]
        if not lines:
            return
        vendor = self.vendors[name]
        made = self.shop.save(
            "PurchaseOrder",
            VendorRef={"value": vendor["Id"]},
            VendorAddr=vendor["BillAddr"],
            POEmail=vendor["PrimaryEmailAddr"],
            APAccountRef=self.shop.account("Accounts Payable (A/P)"),
            DueDate=self.shop.day(7),
            Memo="To the back door, please, before noon.",
            Line=lines,
        )
        if place != LATE:
            self.shop.at(self.shop.ago - 7, self.receive, made)

    def _on_hand(self, item: Record) -> int:
        return int(self.shop.books.ledger.stock(item["Id"])[0])

    def receive(self, order: Record) -> None:
        """Take in what was ordered."""
        link = {"TxnId": order["Id"], "TxnType": "PurchaseOrder"}
        lines = [
            {
                **{key: line[key] for key in ("Amount", "Description", "DetailType", BY_ITEM)},
                "LinkedTxn": [{**link, "TxnLineId": line["Id"]}],
            }
            for line in order["Line"]
        ]
        self._bill(order["VendorRef"]["name"], lines)

    def give_back(self) -> None:
        """Send faulty goods back; the vendor credits them."""
        item = self.goods[0]
        vendor = self.shop.ref("Vendor", "Eastern Blanks")
        self.shop.save(
            "VendorCredit", VendorRef=vendor, DocNumber="EB-C118", Line=[_goods(item, 24)]
        )

    # --- bills ---------------------------------------------------------------------------------

    def bill(self, vendor: str, account: str, least: int, most: int) -> None:
        """Write a bill for something that comes again."""
        amount = self._amount(least, most)
        self._bill(vendor, [self._line(account, amount, vendor)])

    def _bill(self, name: str, lines: list[Record]) -> None:
        vendor = self.vendors[name]
        made = self.shop.save(
            "Bill",
            VendorRef={"value": vendor["Id"]},
            VendorAddr=vendor["BillAddr"],
            SalesTermRef=vendor["TermRef"],
            DocNumber=f"{name[:2].upper()}-{9000 - self.shop.ago * 7}",
            Line=lines,
        )
        lag = LAG.get(vendor["TermRef"]["name"], 27)
        self.shop.at(self.shop.ago - lag, self.pay, made)

    def pay(self, bill: Record) -> None:
        """Pay a bill: by check, or by card where the vendor takes cards."""
        due = self.shop.books.read("Bill", bill["Id"])["Balance"]
        vendor = bill["VendorRef"]
        by_card = vendor["name"] == "Switchboard Telecom"
        paid: Record = {"PayType": "Check", "DocNumber": self._next_check()}
        paid["CheckPayment"] = {"BankAccountRef": self.shop.account("Checking")}
        if by_card:
            card = {"CCAccountRef": self.shop.account("Business Card")}
            paid = {"PayType": "CreditCard", "CreditCardPayment": card}
        lines = [applied(due, "Bill", bill["Id"])]
        self.shop.save("BillPayment", VendorRef=vendor, TotalAmt=due, Line=lines, **paid)

    # --- paid on the spot ----------------------------------------------------------------------

    def buy(self, kind: str, source: str, vendor: str, account: str, *given: int) -> None:
        """Buy something and pay for it at once."""
        amount = self._amount(*given[1:])
        self._purchase(kind, source, vendor, [self._line(account, amount, vendor or account)])

    def _purchase(
        self, kind: str, source: str, vendor: str, lines: list[Record], **more: object
    ) -> None:
        body: Record = {"PaymentType": kind, "AccountRef": self.shop.account(source), **more}
        if vendor:
            body["EntityRef"] = {**self.shop.ref("Vendor", vendor), "type": "Vendor"}
        self.shop.save("Purchase", Line=lines, **body)

    def repay(self) -> None:
        """Pay the month's part of the loan for the press."""
        lines = [
            self._line("Equipment Loan", LOAN, "Principal"),
            self._line("Interest Paid", INTEREST, "Interest"),
        ]
        number = self._next_check()
        self._purchase("Check", "Checking", "First Hudson Bank", lines, DocNumber=number)

    def give_back_on_card(self) -> None:
        """Bring something back that was paid by card."""
        lines = [self._line("Office Expenses", Decimal("38.20"), "A chair that wobbled")]
        self._purchase("CreditCard", "Business Card", "Paper & Pens", lines, Credit=True)

    def _amount(self, least: int, most: int) -> Decimal:
        if least == most:
            return Decimal(least)
        return cents(Decimal(self.shop.chance.randrange(least * 100, most * 100)) / 100)

    def _line(self, account: str, amount: Decimal, text: str) -> Record:
        return {
            "Amount": amount,
            "Description": text,
            "DetailType": BY_ACCOUNT,
            BY_ACCOUNT: {"AccountRef": self.shop.account(account), "BillableStatus": "NotBillable"},
        }

    def _next_check(self) -> str:
        self.check += 1
        return str(self.check)


def _goods(item: Record, quantity: int) -> Record:
    cost = Decimal(item["PurchaseCost"])
    return {
        "Amount": cents(cost * quantity),
        "Description": item["PurchaseDesc"],
        "DetailType": BY_ITEM,
        BY_ITEM: {"ItemRef": {"value": item["Id"]}, "Qty": quantity, "UnitPrice": cost},
    }
