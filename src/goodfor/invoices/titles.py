"""To whom an invoice may be written. Pure.

The unified social credit code (GB 32100-2015): 17 characters of an alphabet of 31 and one that checks them.
"""

import re
from typing import Final

from goodfor.invoices import states
from goodfor.invoices.errors import TitleInvalid
from goodfor.invoices.types import Title

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE: Final = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")
_MAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]{2,}")
_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
MOST_NAME, MOST_MAIL = 100, 120


def check_character(first: str) -> str:
    """The 18th character for the first 17. Raises ValueError for characters that the alphabet does not have."""
    total = sum(ALPHABET.index(one) * weight for one, weight in zip(first, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def is_tax_number(text: str) -> bool:
    """A unified social credit code whose last character is right."""
    return bool(_CODE.fullmatch(text)) and check_character(text[:17]) == text[17]


def checked(title: Title) -> Title:
    """The title as it is written. Raises TitleInvalid with `field`: kind, name, tax_number or email."""
    name, number = " ".join(title.name.split()), title.tax_number.strip().upper()
    email = title.email.strip()
    if title.kind not in states.TITLES:
        raise TitleInvalid(field="kind")
    if not 1 <= len(name) <= MOST_NAME or not name.isprintable():
        raise TitleInvalid(field="name")
    if title.kind == states.COMPANY and not is_tax_number(number):
        raise TitleInvalid(field="tax_number")
    if email and (len(email) > MOST_MAIL or not _MAIL.fullmatch(email)):
        raise TitleInvalid(field="email")
    return Title(title.kind, name, number if title.kind == states.COMPANY else "", email)
