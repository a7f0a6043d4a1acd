"""A payment channel calls: keep what it said, ask it to confirm, apply what is true, answer."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.faultpoints import reach
from goodfor.orders.operations.apply_payment_fact import apply_payment_fact
from goodfor.orders.operations.judge_payment import judge_payment
from goodfor.orders.types import CallbackReply
from goodfor.payments.operations.confirm_fact import confirm_fact
from goodfor.payments.operations.heed_hint import ask_now, heed_hint
from goodfor.payments.operations.lend_account import borrower_of
from goodfor.payments.operations.note_dispute import KINDS as DISPUTE_KINDS
from goodfor.payments.operations.note_dispute import note_dispute
from goodfor.payments.operations.record_callback import record_callback
from goodfor.payments.types import RawRequest


def receive_payment(*, shop_id: UUID, account_id: UUID, raw: RawRequest, now: datetime) -> CallbackReply:
    """Store the raw call (first transaction), confirm by query and judge (none), apply (second transaction).

    Answers success when the fact is applied, known already, or safely stored while the channel cannot be asked:
    then the poller goes on. A forged or refuted call is answered as a failure.
    """
    receipt = record_callback(shop_id=shop_id, account_id=account_id, raw=raw, now=now)
    reach("payments.kept")
    if not receipt.verified:
        return CallbackReply(400, receipt.nack)
    number = receipt.our_ref or next((fact.our_ref for fact in receipt.facts if fact.our_ref), "")
    if (place := borrower_of(shop_id=shop_id, account_id=account_id, number=number)) is not None:
        # Verified with the same keys, and judged as if it had come to that shop's own address.
        return receive_payment(shop_id=place[0], account_id=place[1], raw=raw, now=now)
    if not receipt.facts and receipt.our_ref:
        # Something happened to it that is no fact yet (PayPal: approved): the asker looks now.
        ask_now(shop_id=shop_id, account_id=account_id, number=receipt.our_ref, now=now)
    for fact in receipt.facts:
        if fact.kind in DISPUTE_KINDS:
            if not note_dispute(shop_id=shop_id, fact=fact, now=now):
                return CallbackReply(400, receipt.nack)
            continue
        if fact.kind != "paid":
            heed_hint(shop_id=shop_id, fact=fact, now=now)
            continue
        confirmation = confirm_fact(shop_id=shop_id, fact=fact, now=now)
        if confirmation.state == "refuted":
            return CallbackReply(400, receipt.nack)
        reach("payments.confirmed")
        if confirmation.state == "confirmed" and confirmation.fact is not None:
            hold = judge_payment(shop_id=shop_id, fact=confirmation.fact, now=now)
            apply_payment_fact(shop_id=shop_id, fact=confirmation.fact, hold=hold, now=now)
    reach("payments.applied")
    return CallbackReply(200, receipt.ack)
