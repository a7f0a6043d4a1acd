"""Writes of orders, one use case a file."""

from goodfor.orders.operations.add_note import add_note
from goodfor.orders.operations.apply_payment_fact import apply_payment_fact
from goodfor.orders.operations.book_purchase import book_purchase
from goodfor.orders.operations.buy_with_balance import buy_with_balance
from goodfor.orders.operations.cancel_order import cancel_order
from goodfor.orders.operations.claim_orders import claim_orders
from goodfor.orders.operations.expire_order import expire_order
from goodfor.orders.operations.finish_refund import finish_refund
from goodfor.orders.operations.finish_replacement import fail_replacement, finish_replacement
from goodfor.orders.operations.forget_contacts import forget_contacts
from goodfor.orders.operations.grant_refund import grant_refund
from goodfor.orders.operations.hold_delivery import hold_delivery
from goodfor.orders.operations.meet_deadline import meet_deadline
from goodfor.orders.operations.meet_hold import meet_hold
from goodfor.orders.operations.note_failed_refund import note_failed_refund
from goodfor.orders.operations.note_refund_cap import note_refund_cap
from goodfor.orders.operations.open_claim import open_claim
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.operations.quote import quote
from goodfor.orders.operations.receive_payment import receive_payment
from goodfor.orders.operations.refund_order import refund_order
from goodfor.orders.operations.refund_part import refund_part
from goodfor.orders.operations.refuse_delivery import refuse_delivery
from goodfor.orders.operations.reject_claim import reject_claim, reopen_claim
from goodfor.orders.operations.release_delivery import release_delivery
from goodfor.orders.operations.replace_claim import replace_claim
from goodfor.orders.operations.retry_refund import retry_other_refund, retry_refund
from goodfor.orders.operations.reveal_codes import reveal_codes
from goodfor.orders.operations.start_payment import start_payment
from goodfor.orders.operations.top_up_wallet import top_up_wallet
from goodfor.orders.operations.withdraw_claim import withdraw_claim

__all__ = [
    "add_note",
    "apply_payment_fact",
    "book_purchase",
    "buy_with_balance",
    "cancel_order",
    "claim_orders",
    "expire_order",
    "fail_replacement",
    "finish_refund",
    "finish_replacement",
    "forget_contacts",
    "grant_refund",
    "hold_delivery",
    "meet_deadline",
    "meet_hold",
    "note_failed_refund",
    "note_refund_cap",
    "open_claim",
    "place_order",
    "quote",
    "receive_payment",
    "refund_order",
    "refund_part",
    "refuse_delivery",
    "reject_claim",
    "release_delivery",
    "reopen_claim",
    "replace_claim",
    "retry_other_refund",
    "retry_refund",
    "reveal_codes",
    "start_payment",
    "top_up_wallet",
    "withdraw_claim",
]
