"""Reads of cards, as dataclasses."""

from datetime import datetime
from typing import Final
from uuid import UUID

from goodfor.cards import states
from goodfor.cards.accounts import owed
from goodfor.cards.errors import BatchNotFound, CardNotFound, CardRefused, ProgramNotFound
from goodfor.cards.holdings import is_for, is_good
from goodfor.cards.mapping import batch_view, left_on, program_view, walk_view
from goodfor.cards.models import Batch, Card, Holding, Program, Use, Walk
from goodfor.cards.types import BatchView, CardView, FoundCard, HeldCard, ProgramView, Redeemed, Step, UseView, WalkView
from goodfor.kernel.money import Money
from goodfor.kernel.sql import Row, Statement, Tally
from goodfor.ledger import queries as ledger
from goodfor.orders import queries as orders
from goodfor.risk.doors.codes import code_fingerprint, parse_code

__all__ = [
    "answered",
    "batch",
    "batches",
    "card_by_code",
    "card_by_id",
    "card_by_serial",
    "cards_of_holder",
    "counts",
    "ending_cards",
    "found_card",
    "held_card",
    "is_kept",
    "is_on",
    "normal_code",
    "owed_for",
    "program",
    "programs",
    "waiting",
    "walks",
]

#: How many wishes of a shop wait for a second person.
waiting: Final = Tally(__package__, "sql/waiting.sql")
normal_code: Final = parse_code
_COUNTS: Final = Statement(__package__, "sql/counts.sql")
_ENDING: Final = Statement(__package__, "sql/ending.sql")
_HELD: Final = Statement(__package__, "sql/held.sql")
_HISTORY: Final = Statement(__package__, "sql/steps.sql")
_MOST: Final = 200


def is_on(shop_id: UUID) -> bool:
    """Whether cards of a shop may be out."""
    return Batch.objects.filter(shop_id=shop_id).exists()


def programs(shop_id: UUID) -> list[ProgramView]:
    """All, newest first."""
    return [program_view(row) for row in Program.objects.filter(shop_id=shop_id).order_by("-id")[:_MOST]]


def program(shop_id: UUID, program_id: UUID) -> ProgramView:
    """One. Raises ProgramNotFound."""
    return program_view(_program(shop_id, program_id))


def owed_for(shop_id: UUID, program_id: UUID) -> Money:
    """What the books owe to the holders of a program's cards. Raises ProgramNotFound."""
    currency = _program(shop_id, program_id).currency
    return Money(ledger.balance(shop_id, owed(program_id), currency), currency)


def batches(shop_id: UUID, program_id: UUID) -> list[BatchView]:
    """Of a program, newest first."""
    rows = Batch.objects.filter(shop_id=shop_id, program_id=program_id).select_related("program").order_by("-id")
    return [batch_view(row, row.program.currency) for row in rows[:_MOST]]


def batch(shop_id: UUID, batch_id: UUID) -> BatchView:
    """One. Raises BatchNotFound."""
    row = Batch.objects.filter(shop_id=shop_id, id=batch_id).select_related("program").first()
    if row is None:
        raise BatchNotFound
    return batch_view(row, row.program.currency)


def counts(shop_id: UUID, view: BatchView) -> dict[str, int]:
    """How many cards of a batch are in each state; of a million it takes a moment."""
    asked = {"shop_id": shop_id, "first": view.first_serial, "last": view.last_serial}
    found: dict[str, int] = dict(_COUNTS.rows(asked))
    return {state: int(found.get(state, 0)) for state in states.CARD.transitions}


def walks(shop_id: UUID, batch_id: UUID) -> list[WalkView]:
    """What was done to cards of a batch by ranges, newest first."""
    rows = Walk.objects.filter(shop_id=shop_id, batch_id=batch_id).order_by("-id")
    return [walk_view(row) for row in rows[:_MOST]]


def card_by_code(shop_id: UUID, code: str, now: datetime, ref: str = "") -> FoundCard:
    """The card of a code in its normal form (`normal_code`), if it is good for anything, and for `ref` who asks.

    Raises CardRefused for everything else, alike; who asks is counted before, and answered in steady time.
    """
    return _found(Card.objects.filter(shop_id=shop_id, code_index=code_fingerprint(shop_id, code)).first(), ref, now)


def card_by_id(shop_id: UUID, card_id: UUID, now: datetime, ref: str = "") -> FoundCard:
    """The same for whoever has shown its code a moment ago, or has it in the account. Raises CardRefused."""
    return _found(Card.objects.filter(shop_id=shop_id, id=card_id).first(), ref, now)


def cards_of_holder(shop_id: UUID, holder_ref: str, now: datetime, after: str = "", limit: int = 20) -> list[HeldCard]:
    """Good cards in somebody's account, those that end first before others; `after`: the `place` of the last one."""
    at, _sep, card_id = after.partition("|")
    rows = _HELD.rows(
        {
            "shop_id": shop_id, "holder": holder_ref, "now": now, "at": at or None, "after": card_id or None,
            "limit": min(limit, _MOST),
        }
    )  # fmt: skip
    cards = {row.id: row for row in Card.objects.filter(shop_id=shop_id, id__in=[row[0] for row in rows])}
    return [HeldCard(found_card(cards[card_id]), given) for card_id, given in rows]


def ending_cards(since: datetime, after: UUID, until: datetime, most: int) -> list[Row]:
    """In accounts of all shops, in the order of their ends: (shop, card, holder, name, end). For a platform job."""
    return list(_ENDING.rows({"since": since, "after": after, "until": until, "most": most}))


def is_kept(shop_id: UUID, card_id: UUID) -> bool:
    """Whether it lies in an account."""
    return Holding.objects.filter(shop_id=shop_id, card_id=card_id).exists()


def held_card(shop_id: UUID, card_id: UUID, holder_ref: str) -> HeldCard:
    """A card in somebody's account, good or not. Raises CardRefused."""
    row = Holding.objects.filter(shop_id=shop_id, card_id=card_id, holder_ref=holder_ref).select_related("card").first()
    if row is None:
        raise CardRefused
    return HeldCard(found_card(row.card), row.gift_id is not None)


def answered(shop_id: UUID, card_id: UUID, request_key: str) -> Redeemed | None:
    """What a request did before; None: nothing yet."""
    used = Use.objects.filter(shop_id=shop_id, card_id=card_id, request_key=request_key).first()
    if used is None:
        return None
    order = orders.order_view(shop_id, used.order_id)
    return Redeemed(order.id, order.number, order.state)


def card_by_serial(shop_id: UUID, serial: int) -> CardView:
    """A card and all that became of it, for the staff. Raises CardNotFound."""
    card = Card.objects.filter(shop_id=shop_id, serial=serial).first()
    if card is None:
        raise CardNotFound
    made = _program(shop_id, card.program_id)
    return CardView(
        id=card.id, serial=card.serial, state=card.state, program=program_view(made),
        batch=batch(shop_id, card.batch_id), left=left_on(card, made.currency), activated_at=card.activated_at,
        expires_at=card.expires_at, uses=_uses(shop_id, card, made.currency), steps=_steps(shop_id, card.id),
    )  # fmt: skip


def _found(card: Card | None, ref: str, now: datetime) -> FoundCard:
    if card is None or not is_good(card, now) or not is_for(card, ref):
        raise CardRefused
    return found_card(card)


def found_card(card: Card) -> FoundCard:
    """What a card is, whoever may use it."""
    made = _program(card.shop_id, card.program_id)
    return FoundCard(
        card.id, card.serial, card.batch_id, program_view(made), left_on(card, made.currency), card.expires_at
    )


def _uses(shop_id: UUID, card: Card, currency: str) -> tuple[UseView, ...]:
    rows = Use.objects.filter(shop_id=shop_id, card_id=card.id).order_by("-id")[:_MOST]
    return tuple(
        UseView(row.order_id, row.state, Money(row.minor, currency), Money(row.back_minor, currency), row.used_at)
        for row in rows
    )


def _steps(shop_id: UUID, card_id: UUID) -> tuple[Step, ...]:
    return tuple(Step(*row) for row in _HISTORY.rows({"shop_id": shop_id, "id": card_id, "most": _MOST}))


def _program(shop_id: UUID, program_id: UUID) -> Program:
    row = Program.objects.filter(shop_id=shop_id, id=program_id).first()
    if row is None:
        raise ProgramNotFound
    return row
