"""The ledger app."""

from django.apps import AppConfig


class LedgerApp(AppConfig):
    """Accounts, postings, guarded balances and holds."""

    name = "goodfor.ledger"
    label = "ledger"
