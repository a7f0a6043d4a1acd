"""What all formats share: a transfer, and texts that a bank's form can hold."""

import csv
import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from goodfor.kernel.money import Money
from goodfor.settlement.errors import BankDetailsUnfit
from goodfor.settlement.types import BankDetails

#: What a spreadsheet would take for a formula; a file for the bank is opened by people, too.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Transfer:
    """One line of a file."""

    number: str
    amount: Money
    bank: BankDetails = field(repr=False)
    purpose: str = ""


def fit(text: str, *, limit: int, digits: bool = False) -> str:
    """The text as it is, or BankDetailsUnfit: nothing of a payee is ever changed to make it fit."""
    plain = unicodedata.normalize("NFC", text).strip()
    odd = any(unicodedata.category(letter)[0] == "C" for letter in plain)
    if not plain or len(plain) > limit or odd or plain.startswith(_FORMULA) or set(plain) & set("\",;'|"):
        raise BankDetailsUnfit
    if digits and not (plain.isascii() and plain.isdigit()):
        raise BankDetailsUnfit
    return plain


def as_csv(rows: Sequence[Sequence[str]], encoding: str) -> bytes:
    """Comma separated lines, ended as banks' programs want it. Raises BankDetailsUnfit for what cannot be encoded."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    try:
        return out.getvalue().encode(encoding)
    except UnicodeEncodeError:
        raise BankDetailsUnfit from None
