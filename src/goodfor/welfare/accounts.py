"""Which ledger accounts welfare moves by itself. What is granted, spent, ended and returned `loyalty` books. Pure."""

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.ledger.types import Entry, Line

KIND: Final = "welfare_prepaid"
_BANK: Final = re.compile(r"[A-Za-z0-9_.-]{1,40}")


def prepaid(company_id: UUID) -> str:
    """What a company has prepaid and not granted. Guarded: never below zero."""
    return f"2203:welfare:{company_id}"


def is_bank(name: str) -> bool:
    """Whether it can name an account at a bank in the books."""
    return _BANK.fullmatch(name) is not None


def prepaid_entry(*, prepayment_id: UUID, company_id: UUID, bank: str, minor: int, now: datetime) -> Entry:
    """Money came by the bank."""
    lines = (Line(f"1002:bank:{bank}", minor), Line(prepaid(company_id), -minor))
    return Entry(f"welfare:{prepayment_id}", KIND, lines, now, ("welfare.prepayment", prepayment_id))
