"""Vouchers (记账凭证) for accounting software: one a day and kind of transaction, lines by the accountant's accounts.

Single transactions would be more vouchers than such software takes, and the journal has them.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from goodfor.kernel.errors import InvalidInput
from goodfor.ledger.chart import classify
from goodfor.ledger.exports.source import voucher_sums
from goodfor.ledger.exports.types import Account, ExportOptions, Period

#: Accounts of one supplier: its code is the second segment.
SUPPLIER = ("1123:supplier:", "1221:supplier:", "2202:supplier:")


@dataclass(frozen=True, slots=True)
class VoucherLine:
    """A line of a voucher; one of the amounts is 0. `number` counts the month's vouchers, `place` its lines, from 1."""

    day: date
    number: int
    place: int
    summary: str
    account: Account
    supplier: str
    debit_minor: int
    credit_minor: int


def read_accounts(path: Path) -> dict[str, Account]:
    """A table of accounts from a CSV file: beginning of our code, their code, and if wanted their name.

    Raises InvalidInput for a row that is not one, OSError.
    """
    found: dict[str, Account] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.reader(file), 1):
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if not 2 <= len(cells) <= 3 or not cells[0] or not cells[1]:
                raise InvalidInput("a row is: beginning of our code, their code, their name", line=number)
            found[cells[0]] = Account(*cells[1:])
    return found


def account_of(code: str, options: ExportOptions) -> Account:
    """Where our account goes in the accountant's books."""
    beginnings = [one for one in options.accounts if code.startswith(one)]
    if beginnings:
        return options.accounts[max(beginnings, key=len)]
    line = classify(code)
    return Account(code.partition(":")[0], str(line.label) if line else "")


def voucher_lines(period: Period, options: ExportOptions) -> Iterator[VoucherLine]:
    """All lines by voucher; debits first. Debit and credit of each voucher add up alike."""
    month, number = (0, 0), 0
    sums = voucher_sums(period, options.currency)
    for (day, kind), rows in groupby(sums, key=lambda row: (row[0], row[1])):
        number = number + 1 if month == (day.year, day.month) else 1
        month = (day.year, day.month)
        debits: dict[tuple[Account, str], int] = {}
        credits: dict[tuple[Account, str], int] = {}
        for _day, _kind, code, debit, credit in rows:
            key = (account_of(code, options), code.split(":")[2] if code.startswith(SUPPLIER) else "")
            for side, amount in ((debits, debit), (credits, credit)):
                if amount:
                    side[key] = side.get(key, 0) + amount
        place = 0
        for side, sign in ((debits, 1), (credits, -1)):
            for (account, supplier), amount in sorted(side.items(), key=lambda item: (item[0][0].code, item[0][1])):
                place += 1
                parts = (amount, 0) if sign > 0 else (0, amount)
                yield VoucherLine(day, number, place, f"{day} {kind}", account, supplier, *parts)
