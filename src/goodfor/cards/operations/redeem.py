"""A card pays: for goods that it is good for, or an order of its holder. Once, in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.cards import accounts, states
from goodfor.cards.errors import CardNotFit, CardRefused, CardShort
from goodfor.cards.holdings import is_for, is_good
from goodfor.cards.locks import lock_card
from goodfor.cards.models import Card, Program, Use
from goodfor.cards.operations.steps import move_card
from goodfor.cards.queries import answered
from goodfor.cards.types import Redeemed
from goodfor.cards.worth import after_use
from goodfor.kernel.ids import uuid7
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.orders import queries as orders
from goodfor.orders.operations.pay_from_credit import pay_from_credit
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.types import Buyer, HoldOrder, LineRequest, OrderView


@transaction.atomic(savepoint=False)
def redeem_goods(
    *, shop_id: UUID, card_id: UUID, sku_id: UUID, buyer: Buyer, request_key: str, now: datetime,
    form: Mapping[str, str] | None = None, hold: HoldOrder | None = None, order_id: UUID | None = None,
) -> Redeemed:  # fmt: skip
    """One of what the card is good for, ordered for its holder and paid by it; the same answer to the same request.

    `form`: what a top-up asks for; `hold`, `order_id`: as in place_order. Raises CardRefused (no longer good for
    anything), CardNotFit (other goods, or money), and what placing and paying an order raise; then nothing changed.
    """
    card = lock_card(shop_id, card_id)
    if (again := answered(shop_id, card_id, request_key)) is not None:
        return again
    program = _good(card, buyer.ref, now)
    if card.basis_minor or sku_id not in program.skus:
        raise CardNotFit
    placed = place_order(
        shop_id=shop_id, lines=[LineRequest(sku_id, 1, form or {})], buyer=buyer, channel="storefront", hold=hold,
        order_id=order_id, now=now,
    )  # fmt: skip
    order = orders.order_view(shop_id, placed.order_id)
    done = _pay(card, program, order, request_key, now)
    return Redeemed(done.order_id, done.number, done.state, placed.secret)


@transaction.atomic(savepoint=False)
def pay_with_card(
    *, shop_id: UUID, card_id: UUID, order_id: UUID, request_key: str, holder_ref: str = "", now: datetime
) -> Redeemed:
    """A placed order is paid by money on a card, all of it; the same answer to the same request.

    Whose order it is the caller has found out; `holder_ref`: who pays, of a card that lies in an account. Raises
    CardRefused, CardNotFit (goods, or another currency), CardShort(missing), OrderNotFound, WrongState, AlreadyPaid;
    then nothing changed.
    """
    card = lock_card(shop_id, card_id)
    if (again := answered(shop_id, card_id, request_key)) is not None:
        return again
    program = _good(card, holder_ref, now)
    if not card.basis_minor:
        raise CardNotFit
    return _pay(card, program, orders.order_view(shop_id, order_id), request_key, now)


def _good(card: Card, ref: str, now: datetime) -> Program:
    if not is_good(card, now) or not is_for(card, ref):
        raise CardRefused
    return Program.objects.get(shop_id=card.shop_id, id=card.program_id)


def _pay(card: Card, program: Program, order: OrderView, request_key: str, now: datetime) -> Redeemed:
    """The order by the held card: its money, the use, and what of the card's price that was."""
    shop_id, minor = card.shop_id, order.total.amount_minor
    if order.total.currency != program.currency or minor < 1:
        raise CardNotFit
    if card.basis_minor and card.remaining_minor < minor:
        raise CardShort(missing=minor - card.remaining_minor, currency=program.currency)
    card.basis_minor, card.remaining_minor, worth = after_use(
        card.price_minor, card.basis_minor, card.remaining_minor, minor
    )
    paid = pay_from_credit(shop_id=shop_id, order_id=order.id, account=accounts.owed(program.id), now=now)
    use = Use.objects.create(
        id=uuid7(), shop_id=shop_id, card=card, request_key=request_key[:40], order_id=order.id,
        payment_id=paid.payment_id, minor=minor, worth_minor=worth, used_at=now,
    )  # fmt: skip
    record_history(
        shop_id=shop_id, machine=states.USE, subject_id=use.id, moves=[(None, states.PAID)], actor="buyer",
        cause=f"order:{order.id}", now=now,
    )  # fmt: skip
    to_state = states.ACTIVE if card.remaining_minor else states.USED
    move_card(card, to_state, actor="buyer", cause=f"order:{order.id}", now=now)
    entry = accounts.used_entry(
        use_id=use.id, program_id=program.id, order_id=order.id, lines=order.lines, minor=minor, worth_minor=worth,
        channel=order.channel, now=now,
    )  # fmt: skip
    if entry is not None:
        ledger.post(shop_id=shop_id, currency=program.currency, entries=(entry,), now=now)
    return Redeemed(order.id, order.number, paid.state)
