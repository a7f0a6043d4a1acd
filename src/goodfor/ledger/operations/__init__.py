"""Write use cases of the ledger, one a file."""

from goodfor.ledger.operations.close_period import close_period
from goodfor.ledger.operations.fill_days import fill_days
from goodfor.ledger.operations.hold import hold
from goodfor.ledger.operations.open_account import open_account
from goodfor.ledger.operations.post import post
from goodfor.ledger.operations.rebase_after_restore import rebase_after_restore
from goodfor.ledger.operations.reverse import reverse
from goodfor.ledger.operations.roll_up import roll_up
from goodfor.ledger.operations.seal import seal
from goodfor.ledger.operations.settle_hold import settle_hold
from goodfor.ledger.operations.soft_close_period import soft_close_period
from goodfor.ledger.operations.void_hold import void_hold

__all__ = [
    "close_period",
    "fill_days",
    "hold",
    "open_account",
    "post",
    "rebase_after_restore",
    "reverse",
    "roll_up",
    "seal",
    "settle_hold",
    "soft_close_period",
    "void_hold",
]
