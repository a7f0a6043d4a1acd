"""Charging: refused, late, doubled, killed in between, of one that is over. Nobody twice, everything ends."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from goodfor.kernel.money import Money
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.operations.set_tiers import set_tiers
from goodfor.loyalty.types import Tier, TierSet
from goodfor.orders.operations.apply_payment_fact import apply_payment_fact
from goodfor.orders.tests.factories import relay_all, sql, together
from goodfor.payments import queries as payments
from goodfor.payments.operations.end_mandate import end_mandate
from goodfor.payments.operations.poll_mandates import poll_mandates
from goodfor.payments.operations.sandbox_consents import end_consent, sign_consent
from goodfor.payments.types import Fact
from goodfor.subscriptions import states
from goodfor.subscriptions.accounts import DEFERRED
from goodfor.subscriptions.errors import AlreadySubscribed, PlanNotFound
from goodfor.subscriptions.models import Period
from goodfor.subscriptions.operations import charge_due as charging
from goodfor.subscriptions.operations.cancel import cancel
from goodfor.subscriptions.operations.sign import sign_anew
from goodfor.subscriptions.tests.conftest import PRICE, REQUEST, World

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_renewal_that_is_refused_is_tried_again_and_lapses(world: World) -> None:
    made = world.subscribe(world.plan())
    world.refuse(made)
    end = world.periods(made)[0].ends_at
    world.wait(until=end + timedelta(hours=6))
    assert (world.see(made).state, world.periods(made)[1].state) == (states.PAST_DUE, states.DUE)
    with pytest.raises(IntegrityError), transaction.atomic():
        # Not by the database either: one unpaid period, one live subscription.
        row = Period.objects.get(shop_id=world.shop_id, id=world.periods(made)[1].id)
        row.id, row.number = uuid4(), 9
        row.save(force_insert=True)
    world.wait(until=end + timedelta(days=9))
    assert (world.see(made).state, world.see(made).why) == (states.ENDED, states.LAPSED)
    assert [told["attempt"] for told in world.told("charge_failed")] == [1, 2, 3, 4, 5]
    assert [bool(told["next_try_at"]) for told in world.told("charge_failed")] == [True] * 4 + [False]
    assert world.taken() == [PRICE]
    assert payments.mandates_of(world.shop_id, f"subscription:{made}")[0].state == "ended"
    assert world.faults() == {}


def test_a_later_try_saves_it(world: World) -> None:
    made = world.subscribe(world.plan())
    world.refuse(made)
    end = world.periods(made)[0].ends_at
    world.wait(until=end + timedelta(days=2))
    world.refuse(made, "")
    world.wait(until=end + timedelta(days=4))
    assert (world.see(made).state, world.taken()) == (states.ACTIVE, [PRICE, PRICE])
    second = world.periods(made)[1]
    # The days that it was late are its own, and caught up in the books.
    assert (second.starts_at, second.recognised.amount_minor > 0) == (end, True)
    assert world.faults() == {}


def test_the_first_charge_is_refused(world: World) -> None:
    plan = world.plan()
    made = world.sign(plan)
    world.refuse(made)
    world.work()
    assert (world.see(made).state, world.see(made).why) == (states.ENDED, states.REFUSED_FIRST)
    assert world.taken() == []
    again = world.subscribe(plan)
    assert world.see(again).state == states.ACTIVE
    with pytest.raises(AlreadySubscribed):
        world.sign(plan)
    assert world.faults() == {}


def test_who_never_signs_is_not_waited_for(world: World) -> None:
    plan = world.plan()
    made = world.sign(plan, signed=False)
    # Again is the same one.
    assert world.sign(plan, signed=False) == made
    world.wait(days=0.2)
    assert (world.see(made).why, world.taken()) == (states.NOT_SIGNED, [])
    draft = world.plan(slug="draft", on=False)
    with pytest.raises(PlanNotFound):
        world.sign(draft)
    assert world.faults() == {}


@pytest.mark.parametrize("point", ["subscriptions.claimed", "subscriptions.charged"])
def test_killed_at_any_point_charges_once(world: World, monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    made = world.sign(world.plan())

    def die(name: str) -> None:
        if name == point:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(charging, "reach", die)
        with pytest.raises(KeyboardInterrupt):
            world.work()
    assert world.see(made).state == states.AWAITING
    world.now += timedelta(hours=2)
    world.work()
    assert (world.see(made).state, world.taken()) == (states.ACTIVE, [PRICE])
    assert world.faults() == {}


def test_many_workers_charge_once(world: World) -> None:
    made = world.sign(world.plan())
    world.now += timedelta(seconds=61)
    poll_mandates(now=world.now)
    relay_all(world.now)
    [period] = world.periods(made)
    together(lambda _n: charging.charge_period(shop_id=world.shop_id, period_id=period.id, now=world.now), 4, 4)
    world.work()
    assert world.taken() == [PRICE]
    assert world.faults() == {}


def test_facts_again_doubled_and_odd(world: World) -> None:
    made = world.subscribe(world.plan())
    [payment] = payments.payments_of(world.shop_id, "subscription_period", world.periods(made)[0].id)
    fact = Fact(
        kind="paid", provider="sandbox", account_id=payment.account_id, our_ref=payment.number,
        channel_ref=f"S{payment.number}", amount=payment.amount, happened_at=world.now, source="query",
    )  # fmt: skip
    assert apply_payment_fact(shop_id=world.shop_id, fact=fact, now=world.now).outcome == "already_applied"
    doubled = replace(fact, channel_ref="S2")
    assert apply_payment_fact(shop_id=world.shop_id, fact=doubled, now=world.now).outcome == "duplicate_payment"
    assert world.booked(DEFERRED) == PRICE
    assert world.see(made).state == states.ACTIVE


def test_an_odd_amount_ends_it(world: World) -> None:
    """The channel says another sum than was asked for: a person looks, and nobody is charged on."""
    made = world.subscribe(world.plan())
    world.refuse(made)
    world.wait(until=world.periods(made)[0].ends_at + timedelta(hours=2))
    [payment] = payments.payments_of(world.shop_id, "subscription_period", world.periods(made)[1].id)
    fact = Fact(
        kind="paid", provider="sandbox", account_id=world.account_id, our_ref=payment.number, channel_ref="S1",
        amount=Money(PRICE - 1, "CNY"), happened_at=world.now, source="query",
    )  # fmt: skip
    assert apply_payment_fact(shop_id=world.shop_id, fact=fact, now=world.now).outcome == "underpaid"
    assert (world.see(made).state, world.see(made).why) == (states.ENDED, states.ODD_AMOUNT)
    assert len(payments.open_cases(world.shop_id)) == 1
    assert world.booked(DEFERRED) == 0


def test_money_after_it_was_refused_pays_it(world: World) -> None:
    """The channel says no, the loop plans another try, and the money comes all the same: once."""
    made = world.subscribe(world.plan())
    world.refuse(made)
    end = world.periods(made)[0].ends_at
    world.wait(until=end + timedelta(hours=2))
    second = world.periods(made)[1]
    [payment] = payments.payments_of(world.shop_id, "subscription_period", second.id)
    _late(world, payment.number)
    assert world.see(made).state == states.ACTIVE
    world.refuse(made, "")
    world.wait(days=3)
    assert [p.state for p in payments.payments_of(world.shop_id, "subscription_period", second.id)] == ["succeeded"]
    assert world.periods(made)[1].state in (states.PAID, states.CLOSED)
    assert world.faults() == {}


def test_money_for_one_that_has_ended_goes_back(world: World) -> None:
    made = world.subscribe(world.plan())
    world.refuse(made)
    end = world.periods(made)[0].ends_at
    world.wait(until=end + timedelta(hours=2))
    second = world.periods(made)[1]
    cancel(shop_id=world.shop_id, subscription_id=made, owner=world.owner, now=world.now)
    assert world.see(made).why == states.CANCELLED
    [payment] = payments.payments_of(world.shop_id, "subscription_period", second.id)
    _late(world, payment.number)
    world.work()
    [after] = payments.payments_of(world.shop_id, "subscription_period", second.id)
    assert (after.state, after.refunded_minor, world.periods(made)[1].state) == ("succeeded", PRICE, states.FAILED)
    assert world.faults() == {}


def test_the_consent_ends_at_the_channel(world: World) -> None:
    made = world.subscribe(world.plan())
    old = payments.mandates_of(world.shop_id, f"subscription:{made}")[0]
    end_consent(shop_id=world.shop_id, number=old.number)
    with transaction.atomic():
        end_mandate(shop_id=world.shop_id, mandate_id=old.id, by="channel", now=world.now)
    world.work()
    view = world.see(made)
    assert (view.state, view.mandate_over) == (states.ACTIVE, True)
    assert len(world.told("mandate_lost")) == 1
    # Signed anew, it goes on.
    sign_anew(
        shop_id=world.shop_id, subscription_id=made, owner=world.owner, account_id=world.account_id, request=REQUEST,
        now=world.now,
    )  # fmt: skip
    sign_consent(shop_id=world.shop_id, number=world.number(made))
    world.work()
    assert world.see(made).mandate_over is False
    world.wait(until=world.periods(made)[0].ends_at + timedelta(days=1))
    assert (world.see(made).state, world.taken()) == (states.ACTIVE, [PRICE, PRICE])
    # Lost at the moment of a charge, and not signed again: it ends with what is paid.
    end_consent(shop_id=world.shop_id, number=world.number(made))
    world.wait(until=world.periods(made)[1].ends_at + timedelta(days=1))
    assert (world.see(made).state, world.see(made).why) == (states.ENDED, states.MANDATE_LOST)
    assert world.faults() == {}


def test_a_channel_that_announces_is_asked_a_day_ahead(world: World) -> None:
    world.now += timedelta(minutes=1)
    world.open_account(announce_hours=20)
    tiers = TierSet((Tier("铜"), Tier("银", 100_000, 50_000)))
    set_tiers(shop_id=world.shop_id, tiers=tiers, actor="staff:1", now=world.now)
    plan = world.plan(tier_rank=1)
    made = world.sign(plan)
    world.wait(days=2)
    assert world.see(made).state == states.ACTIVE
    first = world.periods(made)[0]
    world.wait(until=first.ends_at - timedelta(hours=2))
    second = world.periods(made)[1]
    assert (second.state, second.starts_at) == (states.PAID, first.ends_at)
    assert world.booked(DEFERRED) == PRICE
    assert _tier(world) == (1, second.ends_at)
    # Cancelled before it begins: what was paid ahead goes back, and with it the tier that it would have brought.
    cancel(shop_id=world.shop_id, subscription_id=made, owner=world.owner, now=world.now)
    world.work()
    assert (world.periods(made)[1].state, world.see(made).paid_until) == (states.REFUNDED, first.ends_at)
    assert _tier(world) == (1, first.ends_at)
    world.wait(days=1)
    assert world.see(made).why == states.CANCELLED
    assert world.faults() == {}


def _tier(world: World) -> tuple[int, datetime | None]:
    stands = loyalty.member(world.shop_id, world.owner, world.now)
    assert stands is not None
    return stands.standing.rank, stands.standing.until


def _late(world: World, number: str) -> None:
    """The channel says of a number that it had refused: paid."""
    sql(
        "INSERT INTO payments_sandbox_trade (id, shop_id, account_id, number, amount_minor, currency, state,"
        " refunded_minor, refunds, paid_at) VALUES (gen_random_uuid(), %s, %s, %s, %s, 'CNY', 'paid', 0, '{}', %s)",
        [world.shop_id, world.account_id, number, PRICE, world.now],
    )
    fact = Fact(
        kind="paid", provider="sandbox", account_id=world.account_id, our_ref=number, channel_ref=f"S{number}",
        amount=Money(PRICE, "CNY"), happened_at=world.now, source="query",
    )  # fmt: skip
    assert apply_payment_fact(shop_id=world.shop_id, fact=fact, now=world.now).outcome == "late"
