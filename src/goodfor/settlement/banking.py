"""Which bank account a payout is meant for: a keyed mark of it, never the account itself."""

from goodfor.kernel.crypto import keyring
from goodfor.settlement.types import BankDetails

_PURPOSE = "settlement_bank"


def mark_of(bank: BankDetails) -> bytes:
    """16 bytes: equal for equal details, useless without the key."""
    return keyring().blind_index(_PURPOSE, "\n".join((bank.bank, bank.name, bank.account)).encode())


def tail_of(bank: BankDetails) -> str:
    """The last four of the number, to be told apart by people; nothing of a number too short for that."""
    return bank.account[-4:] if len(bank.account) >= 8 else ""
