"""The books as plain text for beancount: an independent program that adds everything up again.

One transaction each, dimensions as metadata, all accounts opened, the balances before as one opening transaction, and
a balance assertion for every account at the end, so that `bean-check` compares its sums with ours.
Syntax: https://beancount.github.io/docs/beancount_language_syntax.html (files were checked with beancount 3.2.3).
"""

import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import BinaryIO

from goodfor.ledger.chart import ASSET, EQUITY, EXPENSE, INCOME, LIABILITY, classify
from goodfor.ledger.dated import trial_balance_on
from goodfor.ledger.exports.source import journal
from goodfor.ledger.exports.types import ExportOptions, JournalLine, Period, decimal
from goodfor.ledger.types import TrialBalanceRow

ROOTS = {ASSET: "Assets", LIABILITY: "Liabilities", EQUITY: "Equity", INCOME: "Income", EXPENSE: "Expenses"}
ESCAPES = {"-": "--", "_": "-u", ".": "-d"}
DIMENSIONS = ("order_id", "order_line_id", "sku_id", "supplier_id", "party_id", "brand_id", "campaign_id", "channel")


def account(code: str) -> str:
    """The account's name there, one for each code: `1012:channel:wx:a_1` is `Assets:1012:Channel:Wx:A-u1`.

    Parts begin with a capital or a digit and hold letters, digits and hyphens. A hyphen begins an escape: `--` is a
    hyphen, `-u` `_`, `-d` a full stop; `-c` after the first letter says that it is a capital in the code, too.
    """
    line = classify(code)
    return ":".join([ROOTS[line.type if line else EQUITY], *(_part(part) for part in code.split(":"))])


def _part(part: str) -> str:
    first, rest = part[0], "".join(ESCAPES.get(c, c) for c in part[1:])
    if first.isdigit():
        return first + rest
    if first.isalpha():
        return first.upper() + ("-c" if first.isupper() else "") + rest
    return "X-x" + ESCAPES[first] + rest


def write(period: Period, file: BinaryIO, _options: ExportOptions) -> int:
    """Write it in UTF-8, whatever the encoding asked for; returns how many transactions."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
    before = period.first_day - timedelta(days=1)
    opening = trial_balance_on(period.shop_id, before)
    closing = trial_balance_on(period.shop_id, period.last_day)
    currencies: defaultdict[str, list[str]] = defaultdict(list)
    for row in closing:
        currencies[row.code].append(row.currency)
    text.write(f'option "title" "Goodfor {period.first_day} - {period.last_day}"\n')
    for currency in sorted({row.currency for row in closing}):
        text.write(f'option "operating_currency" "{currency}"\n')
    text.write("\n")
    for code in sorted(currencies):
        text.write(f'{before} open {account(code)} {",".join(sorted(currencies[code]))}\n  code: "{code}"\n')
    standing = [row for row in opening if row.debit_minor or row.credit_minor]
    for currency in sorted({row.currency for row in standing}):
        text.write(f'\n{before} * "opening" "balances before, {currency}"\n')
        for row in standing:
            if row.currency == currency:
                text.write(
                    f"  {account(row.code)}  {decimal(row.debit_minor - row.credit_minor, currency)} {currency}\n"
                )
    count, last = 0, 0
    for line in journal(period):
        if line.tx_id != last:
            count, last = count + 1, line.tx_id
            text.writelines(_head(line))
        text.writelines(_posting(line))
    text.write("\n")
    sums = _with_those_below(closing)
    for row in closing:
        amount = decimal(sums[row.code, row.currency], row.currency)
        text.write(f"{period.last_day + timedelta(days=1)} balance {account(row.code)}  {amount} {row.currency}\n")
    text.flush()
    text.detach()
    return count


def _with_those_below(rows: Sequence[TrialBalanceRow]) -> dict[tuple[str, str], int]:
    """By code and currency: there a balance is that of an account and all below it (a party and its statements)."""
    sums: defaultdict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        parts = row.code.split(":")
        for length in range(1, len(parts) + 1):
            sums[":".join(parts[:length]), row.currency] += row.debit_minor - row.credit_minor
    return sums


def _head(line: JournalLine) -> Iterator[str]:
    yield f'\n{line.day} * "{line.kind}" "{line.reference}"\n'
    yield f'  tx: {line.tx_id}\n  rule: {line.rule_version}\n  recorded: "{line.recorded_at.isoformat()}"\n'
    if line.adjustment:
        yield "  adjustment: TRUE\n"
    if line.cause_type:
        yield f'  cause: "{line.cause_type}{":" if line.cause_id else ""}{line.cause_id or ""}"\n'


def _posting(line: JournalLine) -> Iterator[str]:
    yield f"  {account(line.code)}  {decimal(line.amount_minor, line.currency)} {line.currency}\n"
    for name in DIMENSIONS:
        if value := getattr(line, name):
            yield f'    {name.removesuffix("_id")}: "{value}"\n'
