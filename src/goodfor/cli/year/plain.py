"""Reads books in plain text (beancount's language) and adds them up, knowing nothing of ours: an independent check.

Only what such a file of books needs: `open`, transactions with amounts on every posting, `balance`. Pure.
Source: https://beancount.github.io/docs/beancount_language_syntax.html
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

_OPEN: Final = re.compile(r"(\d{4}-\d\d-\d\d) open (\S+)(?: (\S+))?")
_CODE: Final = re.compile(r'  code: "([^"]*)"')
_HEAD: Final = re.compile(r'(\d{4}-\d\d-\d\d) \* "([^"]*)" "([^"]*)"')
_POSTING: Final = re.compile(r"  ([A-Z][A-Za-z]*(?::[A-Z0-9][A-Za-z0-9-]*)+)  (-?\d+(?:\.\d+)?) ([A-Z]{3})")
_BALANCE: Final = re.compile(r"(\d{4}-\d\d-\d\d) balance (\S+)  (-?\d+(?:\.\d+)?) ([A-Z]{3})")

Sums = dict[tuple[str, str], Decimal]


@dataclass
class Plain:
    """What a file says: sums by (account, currency) up to its end, and what is wrong with it, line by line."""

    codes: dict[str, str] = field(default_factory=dict)
    sums: Sums = field(default_factory=lambda: defaultdict(Decimal))
    transactions: int = 0
    postings: int = 0
    asserted: int = 0
    wrong: list[str] = field(default_factory=list)


def read(lines: Iterable[str]) -> Plain:
    """Read all of it. Transactions that do not sum to zero, unopened accounts and false balances are `wrong`."""
    found, opened = Plain(), ""
    day, days = "", ""
    current: defaultdict[str, Decimal] = defaultdict(Decimal)
    currencies: dict[str, set[str]] = {}

    def ended(number: int) -> None:
        for currency, left in current.items():
            if left:
                found.wrong.append(f"{number}: transaction is off by {left} {currency}")
        current.clear()

    for number, raw in enumerate(lines, 1):
        line = raw.rstrip("\n")
        if match := _POSTING.fullmatch(line):
            account, amount, currency = match[1], Decimal(match[2]), match[3]
            if currency not in currencies.get(account, ()):
                found.wrong.append(f"{number}: {account} is not open for {currency}")
            found.sums[account, currency] += amount
            current[currency] += amount
            found.postings += 1
        elif match := _HEAD.fullmatch(line):
            ended(number)
            day = match[1]
            found.transactions += 1
            if day < days:
                found.wrong.append(f"{number}: {day} comes after {days}")
            days = day
        elif match := _OPEN.fullmatch(line):
            opened = match[2]
            currencies[opened] = set((match[3] or "").split(","))
        elif match := _BALANCE.fullmatch(line):
            ended(number)
            found.asserted += 1
            has = _with_those_below(found.sums, match[2], match[4])
            if match[1] <= days or has != Decimal(match[3]):
                found.wrong.append(f"{number}: {match[2]} has {has}, not {match[3]}")
        elif match := _CODE.fullmatch(line):
            found.codes[opened] = match[1]
        elif line and not line.startswith(("option ", "  ")):
            found.wrong.append(f"{number}: not understood")
    ended(0)
    return found


def _with_those_below(sums: Sums, account: str, currency: str) -> Decimal:
    """A balance is that of an account and of all whose names go on from it."""
    return sum(
        (amount for (name, unit), amount in sums.items()
         if unit == currency and (name == account or name.startswith(account + ":"))),
        Decimal(0),
    )  # fmt: skip
