"""Writes of finance, one use case a file."""

from goodfor.finance.operations.book_fees import book_fees, take_bill
from goodfor.finance.operations.end_orders import end_orders
from goodfor.finance.operations.follow_books import follow_books
from goodfor.finance.operations.follow_orders import follow_orders
from goodfor.finance.operations.rebook_agreement import rebook_agreement
from goodfor.finance.operations.set_agreement import set_agreement
from goodfor.finance.operations.set_bank import set_bank
from goodfor.finance.operations.set_contract import set_contract
from goodfor.finance.operations.set_party import change_party, end_party, open_party
from goodfor.finance.operations.set_rates import set_fee_rate, set_sku_tax, set_tax_rate

__all__ = [
    "book_fees",
    "change_party",
    "end_orders",
    "end_party",
    "follow_books",
    "follow_orders",
    "open_party",
    "rebook_agreement",
    "set_agreement",
    "set_bank",
    "set_contract",
    "set_fee_rate",
    "set_sku_tax",
    "set_tax_rate",
    "take_bill",
]
