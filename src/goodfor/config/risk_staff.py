"""What tells on thieves: bait that is seen, codes that were used before they were sold, suppliers who warn.

Rooms that meet a code where it should not be are above risk control and call it themselves (the console, orders); here
stand those that hear of one by an event.
"""

import re
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from typing import Final
from uuid import UUID

from goodfor.console.operations.note_look import note_stolen
from goodfor.kernel import events
from goodfor.kernel.events import StoredEvent
from goodfor.orders import queries as orders
from goodfor.orders.errors import ClaimNotFound
from goodfor.orders.events import OrderClaimOpened
from goodfor.risk import rule_states
from goodfor.risk.door_events import CanarySeen
from goodfor.risk.doors.table import DOORS
from goodfor.risk.operations.canary_seen import seen, seen_among
from goodfor.risk.operations.label import label
from goodfor.risk.operations.sound_alarm import sound_alarm
from goodfor.supply import queries as supply
from goodfor.supply.events import ComplaintEnded, SupplierAnswered, SupplierWarned
from goodfor.vault import queries as vault
from goodfor.vault.errors import CodeNotFound

ACTOR: Final = "system"
USED: Final = "used"
VOIDED: Final = "voided"
ASK: Final = "ask"
_WORD: Final = re.compile(r"[^\s,，;；:：|\"'“”‘’()（）<>《》【】\[\]。！？、]{4,200}")
#: So many words of a buyer's text are tried, and so many of each with its neighbour.
_WORDS: Final = 60


def listen() -> None:
    """Called once by the wiring."""
    events.register(OrderClaimOpened, on_claim_opened, name="risk.bait_in_claims")
    events.register(SupplierAnswered, on_supplier_answered, name="risk.on_supplier_answered", concern=is_about_code)
    events.register(ComplaintEnded, on_complaint_ended, name="risk.on_complaint_ended")
    events.register(SupplierWarned, on_supplier_warned, name="risk.on_supplier_warned")
    events.register(CanarySeen, on_canary_seen, name="risk.on_canary_seen")


# -- bait ---------------------------------------------------------------------------------------------


def marks_in(shop_id: UUID, text: str) -> set[bytes]:
    """The marks of all that could be a code in a text: each word, and each with the one after it as its secret."""
    words = _WORD.findall(text.replace("----", " "))[:_WORDS]
    found = {vault.mark_of(shop_id, secret=word) for word in words}
    for number, secret in pairwise(words):
        found.add(vault.mark_of(shop_id, secret=secret, number=number))
    return found


def on_claim_opened(event: StoredEvent) -> None:
    """What a buyer wrote may name a code that nobody can have bought."""
    with suppress(ClaimNotFound):
        text = orders.claim_text(event.shop_id, UUID(event.payload["claim_id"]))
        marks = marks_in(event.shop_id, text) if text else set()
        seen_among(shop_id=event.shop_id, fingerprints=marks, place="claim", now=event.occurred_at)


def on_canary_seen(event: StoredEvent) -> None:
    """The stock, or a part of it, is outside: whoever redeems has to pay for each try from now on."""
    sound_alarm(
        shop_id=event.shop_id, door=DOORS["redeem"], scope=0, batch="", why="canary", misses=1, now=event.occurred_at
    )


# -- suppliers ------------------------------------------------------------------------------------------


def is_about_code(event: StoredEvent) -> bool:
    """Whether an answer names a code and says that somebody had it."""
    return bool(event.payload["code_id"]) and event.payload["said"] in (USED, VOIDED)


def on_supplier_answered(event: StoredEvent) -> None:
    """Used: perhaps by whoever looked at it before it was sold. Taken back by them unasked: it was not honest."""
    code_id = UUID(event.payload["code_id"])
    _bait(event, code_id, "redeem" if event.payload["said"] == USED else "supplier")
    if event.payload["said"] == USED:
        _was_stolen(event, code_id)
    elif event.payload["kind"] == ASK:
        with suppress(CodeNotFound):
            holder = vault.code_place(event.shop_id, code_id).holder_id
            order = orders.order_of_line(event.shop_id, holder) if holder else None
            if order is not None:
                _label_order(event, order.id)


def on_complaint_ended(event: StoredEvent) -> None:
    """What a supplier answered to a complaint may name a code that nobody can have had from us."""
    told = event.payload
    for one in supply.inquiries(event.shop_id, UUID(told["subject"])):
        if one.id == UUID(told["inquiry_id"]) and one.reply:
            marks = marks_in(event.shop_id, one.reply)
            seen_among(shop_id=event.shop_id, fingerprints=marks, place="supplier", now=event.occurred_at)


def on_supplier_warned(event: StoredEvent) -> None:
    """Their word about an order, from the moment when the shop heard of it."""
    if event.payload["order_id"]:
        _label_order(event, UUID(event.payload["order_id"]))


def _bait(event: StoredEvent, code_id: UUID, place: str) -> None:
    for mark in vault.planted(event.shop_id, [code_id]).values():
        seen(shop_id=event.shop_id, fingerprint=mark, place=place, now=event.occurred_at)


def _was_stolen(event: StoredEvent, code_id: UUID) -> None:
    """Used before it was sold, or without ever being sold: who had seen it unsold, and the decisions that let them."""
    at = event.payload["used_at"]
    with suppress(CodeNotFound):
        place = vault.code_place(event.shop_id, code_id)
        used_at = datetime.fromisoformat(at) if at else event.occurred_at
        if place.sold_at is not None and (not at or used_at >= place.sold_at):
            return
        for decision_id in note_stolen(
            shop_id=event.shop_id, code_id=code_id, batch_id=place.batch_id, sold_at=place.sold_at, used_at=used_at,
            now=event.occurred_at,
        ):  # fmt: skip
            label(
                shop_id=event.shop_id, bad=True, source=rule_states.SUPPLIER_NOTICE, known_at=event.occurred_at,
                by=ACTOR, now=event.occurred_at, decision_id=decision_id,
            )  # fmt: skip


def _label_order(event: StoredEvent, order_id: UUID) -> None:
    label(
        shop_id=event.shop_id, bad=True, source=rule_states.SUPPLIER_NOTICE, known_at=event.occurred_at, by=ACTOR,
        now=event.occurred_at, subject=("order", order_id),
    )  # fmt: skip
