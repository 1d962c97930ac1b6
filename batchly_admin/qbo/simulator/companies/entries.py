"""What the demo company's bookkeeper enters: rent, wages, wear, tax, and money moved about."""

from __future__ import annotations

from decimal import Decimal

from batchly_admin.qbo.simulator.companies.shop import YEAR, Record, Shop

MONTH = 30
CHECKING, CARD = "Checking", "Business Card"
OWNED = {
    CHECKING: "88500.00",
    "Savings": "12000.00",
    "Petty Cash": "300.00",
    "Machinery & Equipment:Printing Presses": "58000.00",
    "Machinery & Equipment:Embroidery Machines": "36000.00",
    "Vehicles": "24500.00",
    "Furniture and Fixtures": "6200.00",
    "Security Deposits": "5800.00",
}
OWING = {
    "Accumulated Depreciation": "41000.00",
    "Equipment Loan": "34000.00",
    "Owner's Investment": "40000.00",
}
WAGES, PAYROLL_TAX = Decimal("10400.00"), Decimal("795.60")
WITHHELD = {
    "Payroll Liabilities:Federal Withholding": Decimal("2490.00"),
    "Payroll Liabilities:State Withholding": Decimal("735.00"),
}
RENT, WEAR, DRAW = Decimal("2900.00"), Decimal("780.00"), Decimal("6000.00")


class Entries:
    """Plans what is entered, and enters it."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def plan(self) -> None:
        """Plan the year."""
        at = self.shop.at
        at(YEAR, self.open)
        for month in range(12):
            first = YEAR - 1 - month * MONTH
            at(first, self.enter, "Rent", {"Rent or Lease": RENT}, {CHECKING: RENT})
            at(first - 15, self.clear_card)
            at(first - 27, self.pay_wages, month)
            wear = {"Depreciation": WEAR}, {"Accumulated Depreciation": WEAR}
            at(first - 28, self.enter, "Depreciation", *wear)
        for quarter in range(1, 5):
            last = YEAR - quarter * 90
            at(last + 6, self.enter, "Owner's draw", {"Owner's Draws": DRAW}, {CHECKING: DRAW})
            at(last + 9, self.pay_sales_tax)
            at(last + 3, self.take_interest, quarter)
            at(last + 12, self.move, CHECKING, "Savings", "2500.00")
            at(last + 13, self.move, CHECKING, "Petty Cash", "120.00")

    def open(self) -> None:
        """Enter what the company had and owed before; what is left over was earned until then."""
        stock = {"Opening Balance Equity": self.shop.standing("Opening Balance Equity")}
        owned = {name: Decimal(amount) for name, amount in OWNED.items()} | stock
        owing = {name: Decimal(amount) for name, amount in OWING.items()}
        earned = sum(owned.values(), Decimal(0)) - sum(owing.values(), Decimal(0))
        self.enter("Opening balances", owned, {**owing, "Retained Earnings": earned})

    def enter(self, text: str, debit: dict[str, Decimal], credit: dict[str, Decimal]) -> None:
        """Enter amounts by account, the debits first."""
        sides = (("Debit", debit), ("Credit", credit))
        lines = [
            self._line(side, account, amount, text)
            for side, amounts in sides
            for account, amount in amounts.items()
        ]
        number = self.shop.number("JournalEntry")
        self.shop.save("JournalEntry", DocNumber=number, PrivateNote=text, Line=lines)

    def _line(self, side: str, account: str, amount: Decimal, text: str) -> Record:
        return {
            "Amount": amount,
            "Description": text,
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {
                "PostingType": side,
                "AccountRef": self.shop.account(account),
            },
        }

    def pay_wages(self, month: int) -> None:
        """Pay the wages, and to the state what was withheld the month before."""
        withheld = sum(WITHHELD.values(), PAYROLL_TAX)
        owed = {**WITHHELD, "Payroll Liabilities": PAYROLL_TAX}
        debit = {"Payroll Expenses:Wages": WAGES, "Payroll Expenses:Payroll Taxes": PAYROLL_TAX}
        credit = {**owed, CHECKING: WAGES + PAYROLL_TAX - withheld}
        self.enter("Wages", debit, credit)
        if month:
            self.enter("Payroll taxes", owed, {CHECKING: withheld})

    def pay_sales_tax(self) -> None:
        """Pay what sales tax stands open."""
        due = self.shop.standing("Sales Tax Payable")
        if due:
            self.enter("Sales tax", {"Sales Tax Payable": due}, {CHECKING: due})

    def take_interest(self, quarter: int) -> None:
        """Enter what the bank pays on the savings."""
        earned = {"AccountRef": self.shop.account("Interest Earned")}
        line = {"DetailType": "DepositLineDetail", "DepositLineDetail": earned}
        amount = Decimal("31.40") + quarter * 4
        lines = [{"Amount": amount, "Description": "Interest", **line}]
        self.shop.save("Deposit", DepositToAccountRef=self.shop.account("Savings"), Line=lines)

    def clear_card(self) -> None:
        """Pay off the card."""
        due = self.shop.standing(CARD)
        if due:
            self.move(CHECKING, CARD, str(due))

    def move(self, source: str, target: str, amount: str) -> None:
        """Move money from one account to another."""
        self.shop.save(
            "Transfer",
            FromAccountRef=self.shop.account(source),
            ToAccountRef=self.shop.account(target),
            Amount=Decimal(amount),
            PrivateNote=f"{source} to {target}",
        )
