"""A workbook of codes as suppliers send them: 5,000 good rows, and the faults that real files have."""

import secrets
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import xlsxwriter

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
GOOD = 5_000


@dataclass(frozen=True, slots=True)
class Written:
    """What the file holds: the pairs that must be accepted, and how many lines must be refused for what."""

    good: dict[str, str] = field(repr=False)
    faults: Counter[str]


def write(path: Path) -> Written:
    """Write the workbook; numbers have leading zeros, some secrets trailing spaces."""
    good = {f"00{i:010d}": _secret() for i in range(771_000, 771_000 + GOOD)}
    pairs = list(good.items())
    faults: Counter[str] = Counter()
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False})
    text = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet("卡密")
    row = 0

    def line(number: str | float, secret: str | float, expiry: str = "2029-12-31") -> None:
        nonlocal row
        for column, value in enumerate((number, secret, expiry)):
            if isinstance(value, str):
                sheet.write_string(row, column, value, text)
            else:
                sheet.write_number(row, column, value)
        row += 1

    line("卡号", "卡密", "有效期至")
    for i, (number, secret) in enumerate(pairs):
        line(number, secret + ("  " if i % 50 == 7 else ""))
        if i % 250 == 100:
            row += 1  # an empty line, as people leave them between two deliveries
        if i % 500 == 250:
            line(*pairs[i - 100])
            faults["duplicate_in_file"] += 1
        if i % 1000 == 600:
            line(f"00{990_000 + i:010d}", "6.22848E+18")
            line(f"00{980_000 + i:010d}", 6228480402564890018.0)
            line(f"00{970_000 + i:010d}", _secret(), "2021-06-30")
            line(f"00{960_000 + i:010d}", "")
            faults.update(("scientific_notation", "number_cell_too_long", "already_expired", "missing_secret"))
    book.close()
    return Written(good, faults)


def _secret() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(16))
