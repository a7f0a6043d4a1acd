"""Write use cases of settlement, one a file."""

from goodfor.settlement.operations.approve_statement import approve_statement
from goodfor.settlement.operations.collect import collect
from goodfor.settlement.operations.confirm_statement import confirm_statement
from goodfor.settlement.operations.execute_payout import execute_payout
from goodfor.settlement.operations.fetch_payout_file import fetch_payout_file
from goodfor.settlement.operations.make_due_statements import make_due_statements
from goodfor.settlement.operations.make_link import make_link, revoke_links
from goodfor.settlement.operations.make_payout_file import make_payout_file
from goodfor.settlement.operations.make_statement import make_statement, remake_statement
from goodfor.settlement.operations.reject_statement import reject_statement
from goodfor.settlement.operations.release_hold_back import release_hold_back
from goodfor.settlement.operations.reread_after_restore import reread_after_restore
from goodfor.settlement.operations.resolve_payout import resolve_payout
from goodfor.settlement.operations.run_due_payouts import run_due_payouts
from goodfor.settlement.operations.set_policy import set_policy
from goodfor.settlement.operations.settle_payout import settle_payout
from goodfor.settlement.operations.start_payout import start_payout

__all__ = [
    "approve_statement",
    "collect",
    "confirm_statement",
    "execute_payout",
    "fetch_payout_file",
    "make_due_statements",
    "make_link",
    "make_payout_file",
    "make_statement",
    "reject_statement",
    "release_hold_back",
    "remake_statement",
    "reread_after_restore",
    "resolve_payout",
    "revoke_links",
    "run_due_payouts",
    "set_policy",
    "settle_payout",
    "start_payout",
]
