"""A share that the channel has paid by a split is neither an expense twice nor owed any longer."""

from datetime import timedelta
from uuid import UUID

import pytest

from goodfor.finance import queries
from goodfor.finance.errors import InvalidParty
from goodfor.finance.operations import change_party
from goodfor.finance.tests.conftest import LONG, Scene
from goodfor.finance.tests.world import counts, rebook
from goodfor.finance.types import PartyInput, PartyView, Terms
from goodfor.kernel.ids import uuid7
from goodfor.ledger.operations import post
from goodfor.orders.tests.factories import PRICE
from goodfor.orders.types import OrderView
from goodfor.payments.split_entries import return_entry, share_entry
from goodfor.payments.split_models import Pot, Receiver, SplitReturn, SplitShare

pytestmark = pytest.mark.django_db(transaction=True)
LI, SPENT = "2206:distributor:li", "6601:commission"
TENTH = Terms("percent", bp=1000)


def receiver(scene: Scene, label: str = "li") -> UUID:
    row = Receiver.objects.create(
        shop_id=scene.shop_id, provider="sandbox", account_code="till", kind="merchant", ref=label, label=label,
        basis_points=500, state="bound", created_at=scene.now,
    )  # fmt: skip
    return row.id


def pot_of(scene: Scene, order: OrderView) -> Pot:
    return Pot(
        payment_id=order.payment_id, shop_id=scene.shop_id, provider="sandbox", account_code="till",
        frozen_minor=PRICE, currency="CNY",
    )  # fmt: skip


def split(scene: Scene, order: OrderView, receiver_id: UUID, minor: int) -> None:
    """The channel has given so much to the receiver, and room payments has booked it."""
    share = SplitShare(id=uuid7(), receiver_id=receiver_id, amount_minor=minor)
    entry = share_entry(pot=pot_of(scene, order), share=share, order_id=order.id, now=scene.now)
    post(shop_id=scene.shop_id, currency="CNY", entries=[entry], now=scene.now)


def given_back(scene: Scene, order: OrderView, receiver_id: UUID, minor: int) -> None:
    back = SplitReturn(id=uuid7(), amount_minor=minor)
    entry = return_entry(pot=pot_of(scene, order), back=back, receiver_id=receiver_id, order_id=order.id, now=scene.now)
    post(shop_id=scene.shop_id, currency="CNY", entries=[entry], now=scene.now)


def owed(scene: Scene) -> tuple[int, int]:
    """(what is owed to the party, what sharing has cost)."""
    scene.follow()
    return scene.booked(LI), scene.booked(SPENT)


def faults(scene: Scene) -> set[str]:
    """What the audit says, but for room payments, whose splits are invented here."""
    return set(scene.faults()) - {"ledger_equals_splits", "frozen_money_is_in_pots"}


def dealt(scene: Scene, to: UUID | None) -> tuple[OrderView, PartyView]:
    """An order of 48.50 of which a distributor has a tenth, 4.85."""
    scene.taxed(0)
    party = scene.party(receiver_id=to, collection="licensed_split")
    scene.agree(party, TENTH)
    order = scene.buy()
    assert owed(scene) == (485, 485)
    return order, party


def test_what_the_channel_paid_is_owed_no_more(scene: Scene) -> None:
    to = receiver(scene)
    order, _party = dealt(scene, to)
    split(scene, order, to, 200)
    assert owed(scene) == (285, 485)
    assert scene.row(order)["share_minor"] == 485
    # Beyond the share it is an expense of its own.
    split(scene, order, to, 300)
    assert owed(scene) == (0, 500)
    before = counts()
    assert owed(scene) == (0, 500)
    assert counts() == before
    given_back(scene, order, to, 400)
    assert owed(scene) == (385, 485)
    scene.refund(order)
    assert owed(scene) == (0, 100)
    given_back(scene, order, to, 100)
    assert owed(scene) == (0, 0)
    assert not faults(scene)


def test_split_before_it_was_delivered_and_agreed_anew_after(scene: Scene) -> None:
    to = receiver(scene)
    order, party = dealt(scene, to)
    split(scene, order, to, 485)
    assert owed(scene) == (0, 485)
    # Dated back: half of it.
    made = scene.agree(party, Terms("percent", bp=500), since=scene.now - LONG + timedelta(days=1), at=scene.now)
    rebook(scene.shop_id, made.id, scene.now)
    assert owed(scene) == (0, 485)
    assert scene.row(order)["share_minor"] == 485
    assert not faults(scene)


def test_a_receiver_that_is_nobodys_is_an_expense_until_a_party_has_it(scene: Scene) -> None:
    to = receiver(scene)
    order, party = dealt(scene, None)
    split(scene, order, to, 200)
    assert owed(scene) == (485, 685)
    says = PartyInput("distributor", "li", "李四", receiver_id=to, collection="licensed_split")
    change_party(shop_id=scene.shop_id, party_id=party.id, party=says, actor="staff:1", now=scene.now)
    assert owed(scene) == (285, 485)
    with pytest.raises(InvalidParty):
        scene.party("wang", receiver_id=to)
    assert queries.party(scene.shop_id, party.id).frozen_until is None
    # Without its receiver all of it is owed once more: that rests for a day, as after a change of the bank account.
    changed = change_party(
        shop_id=scene.shop_id, party_id=party.id, party=PartyInput("distributor", "li", "李四"), actor="staff:1",
        now=scene.now,
    )  # fmt: skip
    assert changed.frozen_until == scene.now + timedelta(hours=24)
    assert owed(scene) == (485, 685)
    assert not faults(scene)
