"""What orders mean for points: earned when delivered, lost with what goes back, spent and restored."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from goodfor.delivery import queries as delivery
from goodfor.finance import queries as finance
from goodfor.finance.tests.world import follow
from goodfor.identity import buyer_models
from goodfor.identity import queries as identity
from goodfor.identity.tests.factories import make_staff
from goodfor.kernel.clock import told_by
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.ledger import queries as ledger
from goodfor.ledger.operations import post
from goodfor.loyalty import queries
from goodfor.loyalty.accounts import REDEEMED
from goodfor.loyalty.models import Member
from goodfor.loyalty.operations.expire_units import expire_units
from goodfor.loyalty.operations.forget_member import forget_member
from goodfor.loyalty.operations.give_units import give_units
from goodfor.loyalty.operations.grant_tier import grant_tier
from goodfor.loyalty.operations.restore_units import restore_by_credit, restore_by_refund
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.operations.set_tiers import set_tiers
from goodfor.loyalty.operations.spend_units import spend_units
from goodfor.loyalty.types import GROWTH, ORDERED, Balance, Holder, Source, Terms, Tier, TierSet
from goodfor.orders import queries as orders
from goodfor.orders.operations.cancel_order import cancel_order
from goodfor.orders.operations.expire_order import expire_order
from goodfor.orders.operations.open_claim import open_claim
from goodfor.orders.operations.open_wallet import open_wallet
from goodfor.orders.operations.pay_with_points import pay_with_points
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.operations.refund_order import refund_order
from goodfor.orders.operations.refund_part import refund_part
from goodfor.orders.tests import conftest as of_orders
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import begin, broken, open_till, pay, place, refund_all, relay_all, sql
from goodfor.orders.tests.promoting import fair
from goodfor.orders.types import Buyer, Credit, LineRequest, PlacedOrder
from goodfor.payments import queries as payments
from goodfor.payments.models import Account
from goodfor.payments.operations.note_dispute import apply_dispute
from goodfor.payments.types import Fact
from goodfor.promotions.operations.steer_campaign import end_campaign
from goodfor.promotions.tests.factories import EVERYTHING, run, window
from goodfor.promotions.types import EARN, ExtraPoints, Scope, Spec

pytestmark = pytest.mark.django_db(transaction=True)
shop, now = of_orders.shop, of_orders.now
#: A point a yuan, worth a fen; 48.50 a piece.
TERMS = Terms(on=True, earn_centi=100, value_centi=100)


def points(shop: Shop, owner: UUID, at: datetime, kind: str = "points") -> Balance:
    return queries.balance(shop.demo.shop_id, Holder(owner, kind), at)


@pytest.fixture
def owner() -> UUID:
    return uuid4()


def test_a_delivered_order_earns_and_its_refund_takes_back(shop: Shop, now: datetime, owner: UUID) -> None:
    """Pending until a claim is unlikely; growth at once; a part takes its part, the rest the rest."""
    shop_id = shop.demo.shop_id
    till = open_till(shop_id, now)
    set_terms(shop_id=shop_id, terms=TERMS, actor="staff:1", now=now)
    order = place(shop, now, 2, ref=f"buyer:{owner.hex}")
    pay(begin(till, order.order_id, now), now)
    relay_all(now)
    assert order.total.amount_minor == 9700
    assert points(shop, owner, now) == Balance(0, 97, 0)
    later = now + timedelta(days=TERMS.pending_codes_days, minutes=1)
    assert points(shop, owner, later) == Balance(97, 0, 0)
    assert points(shop, owner, later, GROWTH) == Balance(97, 0, 0)
    assert ledger.balance(shop_id, "2203:points") == 97 * 95 // 100
    refund_part(
        shop_id=shop_id, order_id=order.order_id, amount=Money(5000, "CNY"), reason="test", actor="staff:1", now=now
    )  # fmt: skip
    refund_all(now)
    relay_all(now)
    assert points(shop, owner, now) == Balance(0, 97 - 97 * 5000 // 9700, 0)
    refund_order(shop_id=shop_id, order_id=order.order_id, reason="test", actor="staff:1", by_staff=True, now=now)
    refund_all(now)
    relay_all(now)
    assert points(shop, owner, now) == Balance()
    assert points(shop, owner, now, GROWTH) == Balance()
    assert ledger.balance(shop_id, "2203:points") == ledger.balance(shop_id, "5002:points") == 0
    follow(now)
    assert broken(now) == {}


def test_a_campaign_brings_more_points_and_they_go_with_the_money(shop: Shop, now: datetime, owner: UUID) -> None:
    """By line, of what was paid for it; for members of a tier twice over; noted with the order, whatever ends since."""
    shop_id = shop.demo.shop_id
    till = open_till(shop_id, now)
    set_terms(shop_id=shop_id, terms=TERMS, actor="staff:1", now=now)
    tiers = TierSet((Tier("普通"), Tier("银卡", 10_000, points_bp=20_000)))
    set_tiers(shop_id=shop_id, tiers=tiers, actor="staff:1", now=now)
    view = identity.shop_by_id(shop_id)
    actor = make_staff(view, now).actor
    spec = Spec("points", EARN, window(now), EVERYTHING, ExtraPoints(25_000, 8, threshold=5_000))
    made = run(view, spec, actor, now, "积分日")

    def buys(count: int, ref: str) -> UUID:
        order = place(shop, now, count, ref=ref)
        pay(begin(till, order.order_id, now), now)
        return order.order_id

    small, big = buys(1, f"buyer:{owner.hex}"), buys(2, f"buyer:{owner.hex}")
    assert orders.points_of_order(shop_id, small) == []
    assert [(one.times_bp, one.plus) for one in orders.points_of_order(shop_id, big)] == [(25_000, 8)]
    end_campaign(shop_id=shop_id, campaign_id=made.campaign_id, actor=actor, now=now)
    relay_all(now)
    assert points(shop, owner, now).pending == 48 + 97 + 97 * 3 // 2 + 8
    assert points(shop, owner, now + timedelta(hours=1), GROWTH).available == 48 + 97
    refund_part(
        shop_id=shop_id, order_id=big, amount=Money(4_850, "CNY"), reason="test", actor="staff:1", now=now
    )  # fmt: skip
    refund_all(now)
    relay_all(now)
    whole = 97 + 97 * 3 // 2 + 8
    assert points(shop, owner, now).pending == 48 + whole - whole // 2
    member = uuid4()
    grant_tier(
        shop_id=shop_id, owner=member, rank=1, until=now + timedelta(days=9), reason="test", actor="staff:1", now=now
    )
    run(view, replace(spec, effect=ExtraPoints(20_000)), actor, now, "又一个")
    buys(1, f"buyer:{member.hex}")
    relay_all(now)
    assert points(shop, member, now).pending == 2 * (48 * 2)
    assert broken(now) == {}


def test_nothing_is_earned_without_terms_by_guests_who_has_gone_or_beyond_the_day(
    shop: Shop, now: datetime, owner: UUID
) -> None:
    shop_id = shop.demo.shop_id
    till = open_till(shop_id, now)

    def buys(ref: str) -> None:
        order = place(shop, now, ref=ref)
        pay(begin(till, order.order_id, now), now)
        relay_all(now)

    buys(f"buyer:{owner.hex}")
    assert points(shop, owner, now) == Balance()
    set_terms(shop_id=shop_id, terms=replace(TERMS, day_most=60), actor="staff:1", now=now)
    buys("guest:somebody")
    for _ in range(2):
        buys(f"buyer:{owner.hex}")
    assert points(shop, owner, now).pending == 60
    gone = buyer_models.Buyer.objects.create(
        shop_id=shop_id, state="closing", created_at=now, erase_at=now, erasing_at=now
    ).id
    buys(f"buyer:{gone.hex}")
    assert points(shop, gone, now) == Balance()
    assert not Member.objects.filter(shop_id=shop_id, owner=gone).exists()
    assert broken(now) == {}


def test_points_pay_and_come_back(shop: Shop, now: datetime, owner: UUID) -> None:
    """All of the price at once; nothing is earned by it; a refund restores the units; too few change nothing."""
    shop_id = shop.demo.shop_id
    open_till(shop_id, now)
    set_terms(shop_id=shop_id, terms=replace(TERMS, value_centi=50), actor="staff:1", now=now)
    order = place(shop, now, ref=f"buyer:{owner.hex}")
    units = order.total.amount_minor * 2
    give_units(
        shop_id=shop_id, holder=Holder(owner), units=units - 1, source=Source("test", "1"), currency="CNY",
        minor=4000, now=now,
    )  # fmt: skip
    with pytest.raises(DomainError) as few:
        pay_with_points(shop_id=shop_id, order_id=order.order_id, buyer_id=owner, now=now)
    assert few.value.code == "not_enough_points"
    assert points(shop, owner, now) == Balance(units - 1)
    give_units(
        shop_id=shop_id, holder=Holder(owner), units=11, source=Source("test", "2"), currency="CNY", minor=7, now=now
    )
    assert pay_with_points(shop_id=shop_id, order_id=order.order_id, buyer_id=owner, now=now) == "delivered"
    with pytest.raises(DomainError):
        pay_with_points(shop_id=shop_id, order_id=order.order_id, buyer_id=owner, now=now)
    relay_all(now)
    assert points(shop, owner, now) == Balance(10)
    assert ledger.balance(shop_id, REDEEMED) == 0
    follow(now)
    # What the points had been worth less is what the order earned less.
    cells = finance.order_profit(shop_id, order.order_id).cells
    assert cells["discount"].amount_minor == order.total.amount_minor - 4001
    part = order.total.amount_minor // 3
    refund_part(
        shop_id=shop_id, order_id=order.order_id, amount=Money(part, "CNY"), reason="test", actor="staff:1", now=now
    )  # fmt: skip
    relay_all(now)
    assert points(shop, owner, now) == Balance(10 + units * part // order.total.amount_minor)
    refund_order(shop_id=shop_id, order_id=order.order_id, reason="test", actor="staff:1", by_staff=True, now=now)
    relay_all(now)
    assert orders.order_view(shop_id, order.order_id).state == "refunded"
    assert points(shop, owner, now) == Balance(units + 10)
    assert ledger.balance(shop_id, REDEEMED) == ledger.balance(shop_id, "5002:points") == 0
    assert ledger.balance(shop_id, "2203:points") == 4007
    follow(now)
    forget_member(shop_id=shop_id, owner=owner, now=now)
    forget_member(shop_id=shop_id, owner=owner, now=now)
    assert points(shop, owner, now) == Balance()
    assert ledger.balance(shop_id, "2203:points") == 0
    assert broken(now) == {}


def test_a_shop_without_points_takes_none(shop: Shop, now: datetime, owner: UUID) -> None:
    order = place(shop, now, ref=f"buyer:{owner.hex}")
    with pytest.raises(DomainError) as none:
        pay_with_points(shop_id=shop.demo.shop_id, order_id=order.order_id, buyer_id=owner, now=now)
    assert none.value.code == "points_not_taken"


def test_points_are_not_turned_into_money(shop: Shop, now: datetime, owner: UUID) -> None:
    """Whoever asks for the price of what points paid into his balance gets his points."""
    shop_id = shop.demo.shop_id
    open_till(shop_id, now)
    set_terms(shop_id=shop_id, terms=TERMS, actor="staff:1", now=now)
    order = place(shop, now, ref=f"buyer:{owner.hex}")
    units = order.total.amount_minor
    give_units(
        shop_id=shop_id, holder=Holder(owner), units=units, source=Source("test", "1"), currency="CNY", minor=units,
        now=now,
    )  # fmt: skip
    pay_with_points(shop_id=shop_id, order_id=order.order_id, buyer_id=owner, now=now)
    wallet = open_wallet(shop_id=shop_id, buyer_id=owner, currency="CNY", now=now)
    claim = open_claim(
        shop_id=shop_id, order_id=order.order_id, line_id=order.lines[0].line_id, reason="changed_mind",
        paid_from=wallet, actor="buyer", now=now,
    )  # fmt: skip
    assert claim.refund_back
    relay_all(now)
    assert points(shop, owner, now) == Balance(units)
    assert orders.buyer_balance(shop_id, owner, "CNY").amount_minor == 0
    assert broken(now) == {}


def test_a_lost_dispute_takes_what_was_earned(shop: Shop, now: datetime, owner: UUID) -> None:
    """The bank's word is as good as a refund; one that was won takes nothing."""
    shop_id = shop.demo.shop_id
    till = open_till(shop_id, now)
    set_terms(shop_id=shop_id, terms=TERMS, actor="staff:1", now=now)
    kept = []
    for end in ("dispute_won", "dispute_lost"):
        order = place(shop, now, ref=f"buyer:{owner.hex}")
        pay(begin(till, order.order_id, now), now)
        relay_all(now)
        payment_id = orders.order_view(shop_id, order.order_id).payment_id
        assert payment_id is not None
        paid = payments.payment(shop_id, payment_id)
        account = Account.objects.get(shop_id=shop_id, id=paid.account_id)
        for word in ("disputed", end):
            told = Fact(
                kind=word, provider=paid.provider, account_id=paid.account_id, our_ref="", channel_ref=f"dp_{end}",  # type: ignore[arg-type]
                amount=paid.amount, happened_at=now, source="query", parent_ref=paid.channel_ref,
            )  # fmt: skip
            apply_dispute(shop_id=shop_id, account=account, fact=told, now=now)
        relay_all(now)
        kept.append(points(shop, owner, now).pending)
    assert kept == [48, 48]
    member = queries.balance(shop_id, Holder(owner, GROWTH), now + timedelta(hours=1))
    assert member.available == 48
    assert broken(now) == {}


def test_less_than_a_unit_back_is_booked_once(shop: Shop, now: datetime, owner: UUID) -> None:
    """A point buys a yuan: of a refund of a fen none comes back, of the whole rest all, whatever is told twice."""
    shop_id = shop.demo.shop_id
    open_till(shop_id, now)
    set_terms(shop_id=shop_id, terms=replace(TERMS, value_centi=10_000, earn_centi=1), actor="staff:1", now=now)
    order = place(shop, now, ref=f"buyer:{owner.hex}")
    give_units(
        shop_id=shop_id, holder=Holder(owner), units=60, source=Source("test", "1"), currency="CNY", minor=5000, now=now
    )
    pay_with_points(shop_id=shop_id, order_id=order.order_id, buyer_id=owner, now=now)
    assert points(shop, owner, now) == Balance(60 - 49)
    said = {"shop_id": shop_id, "order_id": order.order_id, "reason": "test", "actor": "staff:1", "now": now}
    small = refund_part(amount=Money(1, "CNY"), **said)
    relay_all(now)
    assert points(shop, owner, now) == Balance(60 - 49)
    refund_order(**said, by_staff=True)
    relay_all(now)
    assert points(shop, owner, now) == Balance(60)
    # Told once more, when all is back: nothing moves.
    total = order.total.amount_minor
    restore_by_refund(
        shop_id=shop_id, order_id=order.order_id, refund_id=small.refund_id, paid_minor=total, back_minor=total,
        minor=1, currency="CNY", now=now,
    )  # fmt: skip
    assert points(shop, owner, now) == Balance(60)
    assert ledger.balance(shop_id, REDEEMED) == 0
    assert broken(now) == {}


def test_what_is_too_small_for_a_point_counts_for_tiers_and_goes_with_its_refund(
    shop: Shop, now: datetime, owner: UUID
) -> None:
    shop_id = shop.demo.shop_id
    till = open_till(shop_id, now)
    set_terms(shop_id=shop_id, terms=replace(TERMS, earn_centi=0, growth_centi=0), actor="staff:1", now=now)
    set_tiers(shop_id=shop_id, tiers=TierSet((Tier("a"), Tier("b", 1, 1)), ORDERED), actor="staff:1", now=now)
    order = place(shop, now, ref=f"buyer:{owner.hex}")
    pay(begin(till, order.order_id, now), now)
    relay_all(now)
    for amount in (1, 0):
        view = queries.member(shop_id, owner, now)
        assert view is not None
        assert view.amount == amount
        if amount:
            refund_order(
                shop_id=shop_id, order_id=order.order_id, reason="test", actor="staff:1", by_staff=True, now=now
            )
            refund_all(now)
            relay_all(now)


def test_what_units_meet_returns_in_any_order_to_the_fen(shop: Shop, now: datetime, owner: UUID) -> None:
    """Random parts go back, news is told twice and late; units follow the share, and nothing stays on its way."""
    shop_id, dice = shop.demo.shop_id, random.Random(42)
    till = open_till(shop_id, now)
    set_terms(shop_id=shop_id, terms=TERMS, actor="staff:1", now=now)
    no_bounds(shop_id)
    for met, units in ((9_698, 3), (777, 5_000), (1, 1), (dice.randrange(2, 9_000), dice.randrange(1, 9_000))):
        give_units(
            shop_id=shop_id, holder=Holder(owner), units=units, source=Source("test", uuid4().hex), currency="CNY",
            minor=units * 95 // 100, now=now,
        )  # fmt: skip
        before, owed = points(shop, owner, now).available, ledger.balance(shop_id, "2203:points")
        order = met_in_part(shop, owner, met, units, now)
        assert ledger.balance(shop_id, REDEEMED) == met
        pay(begin(till, order.order_id, now), now)
        assert ledger.balance(shop_id, REDEEMED) == 0
        left = order.total.amount_minor
        for _ in range(3):
            if left < 2:
                break
            part = dice.randrange(1, left)
            left -= part
            refund_part(
                shop_id=shop_id, order_id=order.order_id, amount=Money(part, "CNY"), reason="t", actor="staff:1",
                now=now,
            )  # fmt: skip
            refund_all(now)
            credit = orders.credit_part(shop_id, order.order_id)
            assert credit is not None
            for _again in range(2):
                restore_by_credit(
                    shop_id=shop_id, order_id=order.order_id, paid_minor=met, back_minor=credit.back_minor,
                    currency="CNY", now=now,
                )  # fmt: skip
            assert points(shop, owner, now).available == before - units + units * credit.back_minor // met
            assert ledger.balance(shop_id, REDEEMED) == 0
        refund_order(shop_id=shop_id, order_id=order.order_id, reason="t", actor="staff:1", by_staff=True, now=now)
        refund_all(now)
        assert points(shop, owner, now).available == before
        assert (ledger.balance(shop_id, REDEEMED), ledger.balance(shop_id, "2203:points")) == (0, owed)
    assert ledger.balance(shop_id, "5002:points") == 0
    assert broken(now) == {}


def met_in_part(shop: Shop, owner: UUID, minor: int, units: int, now: datetime) -> PlacedOrder:
    """Two pieces, of whose price a member's units meet so much."""
    with transaction.atomic():
        placed = place_order(
            shop_id=shop.demo.shop_id, lines=[LineRequest(shop.sku_id, 2)], buyer=Buyer(f"buyer:{owner.hex}"),
            channel="storefront", credit=Credit("points", minor), now=now,
        )  # fmt: skip
        moved = spend_units(
            shop_id=shop.demo.shop_id, holder=Holder(owner), units=units, order_id=placed.order_id, buys_minor=minor,
            actor="buyer", now=now,
        )  # fmt: skip
        post(shop_id=shop.demo.shop_id, currency="CNY", entries=moved.entries, now=now)
    return placed


def no_bounds(shop_id: UUID) -> None:
    sql(
        "UPDATE identity_shop SET settings = settings || %s::jsonb WHERE id = %s",
        ['{"refund_limit_minor": -1, "refund_daily_limit_minor": -1, "refund_daily_cap_minor": -1}', shop_id],
    )


def test_what_units_meet_brings_no_more_points(shop: Shop, now: datetime, owner: UUID) -> None:
    """Of what a campaign adds once as much as the price was money: an order of two fen and units is worth nothing."""
    shop_id = shop.demo.shop_id
    till = open_till(shop_id, now)
    set_terms(shop_id=shop_id, terms=TERMS, actor="staff:1", now=now)
    view = identity.shop_by_id(shop_id)
    spec = Spec("points", EARN, window(now), EVERYTHING, ExtraPoints(plus=500, threshold=5_000))
    run(view, spec, make_staff(view, now).actor, now, "积分日")
    for met, more in ((9_698, 0), (4_850, 48 + 250)):
        held = points(shop, owner, now)
        give_units(
            shop_id=shop_id, holder=Holder(owner), units=100, source=Source("test", uuid4().hex), currency="CNY",
            minor=95, now=now,
        )  # fmt: skip
        order = met_in_part(shop, owner, met, 100, now)
        pay(begin(till, order.order_id, now), now)
        relay_all(now)
        assert points(shop, owner, now).pending - held.pending == more
    assert broken(now) == {}


def test_who_orders_and_does_not_pay_gets_no_longer_life_for_units(shop: Shop, now: datetime, owner: UUID) -> None:
    shop_id, end = shop.demo.shop_id, now + timedelta(minutes=2)
    open_till(shop_id, now)
    set_terms(shop_id=shop_id, terms=TERMS, actor="staff:1", now=now)
    give_units(
        shop_id=shop_id, holder=Holder(owner), units=500, source=Source("test", "a"), currency="CNY", minor=475,
        expires_at=end, now=now,
    )  # fmt: skip
    order, kept = met_in_part(shop, owner, 300, 300, now), met_in_part(shop, owner, 200, 200, now)
    cancel_order(shop_id=shop_id, order_id=kept.order_id, actor="buyer", now=now)
    relay_all(now)
    assert points(shop, owner, now).available == 200
    later = order.pay_by + timedelta(seconds=1)
    with told_by(lambda: later):
        assert expire_order(shop_id=shop_id, order_id=order.order_id, now=later)
        relay_all(later)
        later += timedelta(seconds=1)
        while expire_units(now=later):
            pass
    assert points(shop, owner, later) == Balance()
    assert (ledger.balance(shop_id, REDEEMED), ledger.balance(shop_id, "2203:points")) == (0, 0)
    assert broken(later) == {}


def test_what_earned_more_takes_more_along_when_it_goes_back(shop: Shop, now: datetime, owner: UUID) -> None:
    """Goods that bring ten times the points, and something beside them: returned at once, they take theirs along."""
    here = fair(shop, now)
    set_terms(shop_id=here.shop_id, terms=TERMS, actor="staff:1", now=now)
    only = Scope(skus=frozenset({shop.sku_id}))
    here.run(Spec("points", EARN, window(now), only, ExtraPoints(100_000)), "十倍")
    order = here.sell((shop.sku_id, 2), (here.other_sku, 1), ref=f"buyer:{owner.hex}")
    relay_all(now)
    more, usual = (line.net.amount_minor for line in order.lines)
    whole = points(shop, owner, now).pending
    assert whole == (more + usual) // 100 + more * 9 // 100
    weight = more * 10 + usual
    for code in delivery.masked_codes(here.shop_id, [order.lines[0].line_id]):
        open_claim(
            shop_id=here.shop_id, order_id=order.id, line_id=order.lines[0].line_id, reason="changed_mind",
            code_ids=[code.code_id], actor="buyer", now=now,
        )  # fmt: skip
        refund_all(now)
        relay_all(now)
        back = orders.order_view(here.shop_id, order.id).refunded
        assert back is not None
        assert points(shop, owner, now).pending == whole - whole * back.amount_minor * 10 // weight
    assert points(shop, owner, now).pending <= usual // 100 + 1
    assert broken(now) == {}
