"""What becomes known later reaches risk control: results of payments and claims, labels of banks and of people."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from goodfor.aftersales.events import CaseDecided
from goodfor.config import risk_wiring
from goodfor.kernel import events, loops
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.kernel.tenancy import platform_job
from goodfor.orders import queries as orders
from goodfor.orders.operations.apply_payment_fact import apply_payment_fact
from goodfor.orders.operations.expire_order import expire_order
from goodfor.orders.tests.factories import relay_all, sql
from goodfor.payments import queries as payments
from goodfor.payments.models import Account
from goodfor.payments.operations.close_payment import close_payment
from goodfor.payments.operations.note_dispute import apply_dispute
from goodfor.payments.types import Fact
from goodfor.risk import queries, review_queries, wiring
from goodfor.risk.enrichment import enriching
from goodfor.risk.operations.decide_review import decide_review
from goodfor.risk.operations.take_review import take
from goodfor.risk.pieces import Partly
from goodfor.risk.rule_models import Rule
from goodfor.risk.starter import STARTER
from goodfor.risk.tests.saying import Saying, results, saying
from goodfor.risk.types import Act, Outcome, Result, Scene
from goodfor.storefront.tests.conftest import world as world
from goodfor.storefront.tests.test_account_pages import pay
from goodfor.storefront.tests.test_judged import checkout, number_of
from goodfor.storefront.tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def says() -> Iterator[Saying]:
    with saying() as rules:
        yield rules


@pytest.fixture
def now() -> datetime:
    return utc_now()


def order_of(world: World, client: Client) -> UUID:
    return orders.order_by_number(world.shop_id, number_of(checkout(client, world))).id


def payment_of(world: World, order_id: UUID) -> Any:
    return payments.payments_of(world.shop_id, "order", order_id)[0]


def labels(world: World, subject: tuple[str, UUID]) -> list[tuple[bool, str]]:
    return [(one.bad, one.source) for one in review_queries.labels_of(world.shop_id, subject=subject)]


# -- payments -----------------------------------------------------------------------------------------


def test_a_payment_that_came_is_a_good_result_once(client: Client, world: World, says: Saying, now: datetime) -> None:
    client.get("/lookup")
    order_id = order_of(world, client)
    pay(world, orders.order_view(world.shop_id, order_id).number)
    relay_all(now)
    relay_all(now)
    assert results(Scene.PAY) == [Result.GOOD]
    # Under the keys of whoever set out to pay, though a channel told of it.
    [(same,)] = sql("SELECT count(*) FROM risk_event a JOIN risk_event r ON r.decision_id = a.decision_id"
                    " AND r.device = a.device AND r.address = a.address AND r.buyer = a.buyer"
                    " WHERE a.scene = 6 AND a.result = 0 AND r.result = 1")  # fmt: skip
    assert same == 1


def test_a_payment_that_never_came_is_bad_and_a_cancelled_one_is_not(
    client: Client, world: World, says: Saying, now: datetime
) -> None:
    given_up, never = order_of(world, client), order_of(world, client)
    client.post(f"/o/{orders.order_view(world.shop_id, given_up).number}/cancel")
    later = now + timedelta(hours=1)
    expire_order(shop_id=world.shop_id, order_id=never, now=later)
    for order_id in (given_up, never):
        close_payment(shop_id=world.shop_id, payment_id=payment_of(world, order_id).id, now=later)
    relay_all(later)
    assert results(Scene.PAY) == [Result.BAD]
    assert sql("SELECT subject_id FROM risk_event WHERE scene = 6 AND result = 2") == [(never,)]


def test_too_little_money_is_bad(client: Client, world: World, says: Saying, now: datetime) -> None:
    order_id = order_of(world, client)
    payment = payment_of(world, order_id)
    short = Fact(
        kind="paid", provider=payment.provider, account_id=payment.account_id, our_ref=payment.number,
        channel_ref="short", amount=Money(1, "CNY"), happened_at=now, source="query",
    )  # fmt: skip
    apply_payment_fact(shop_id=world.shop_id, fact=short, now=now)
    relay_all(now)
    assert results(Scene.PAY) == [Result.BAD]


def test_a_chargeback_is_a_label_and_a_won_dispute_another(
    client: Client, world: World, says: Saying, now: datetime
) -> None:
    order_id = order_of(world, client)
    pay(world, orders.order_view(world.shop_id, order_id).number)
    payment = payment_of(world, order_id)
    account = Account.objects.get(shop_id=world.shop_id, id=payment.account_id)

    def says_the_bank(kind: Any, at: datetime) -> None:
        fact = Fact(
            kind=kind, provider=payment.provider, account_id=payment.account_id, our_ref=payment.number,
            channel_ref="dp_1", amount=payment.amount, happened_at=at, source="notify",
        )  # fmt: skip
        apply_dispute(shop_id=world.shop_id, account=account, fact=fact, now=at)
        relay_all(at)

    says_the_bank("disputed", now)
    for subject in (("order", order_id), ("payment", payment.id)):
        assert labels(world, subject) == [(True, "chargeback")]
    says_the_bank("dispute_won", now + timedelta(days=3))
    for subject in (("order", order_id), ("payment", payment.id)):
        assert labels(world, subject) == [(False, "chargeback"), (True, "chargeback")]


# -- claims ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "why", "proven", "result", "bad"),
    [
        ("reject", "used_after", False, Result.BAD, True),
        ("reject", "was_shown", False, Result.BAD, True),
        ("refund", "bad_refunded", True, Result.GOOD, False),
        ("reject", "repeat", False, None, None),
        ("reject", "too_late", False, None, None),
        ("refund", "believed_refunded", False, None, None),
    ],
)  # fmt: skip
def test_what_a_claim_turned_out_to_be(
    client: Client, world: World, says: Saying, now: datetime, action: str, why: str, proven: bool,
    result: Result | None, bad: bool | None,
) -> None:  # fmt: skip
    number = number_of(checkout(client, world))
    pay(world, number)
    order = orders.order_by_number(world.shop_id, number)
    assert client.post(f"/o/{number}/claim", {"reason": "used"}).status_code == 302
    relay_all(now)
    before = results(Scene.CLAIM)
    case_id = sql("SELECT id FROM aftersales_case WHERE order_id = %s", [order.id])[0][0]
    event = CaseDecided(
        case_id, order.id, number, order.lines[0].line_id, order.lines[0].sku_id, action, "r", why,
        automatic=True, proven=proven, units=1,
    )  # fmt: skip
    events.publish(shop_id=world.shop_id, event=event, now=now)
    relay_all(now)
    assert results(Scene.CLAIM)[len(before) :] == ([result] if result else [])
    decision = next(one for one in queries.decisions_of(world.shop_id, "order", order.id) if one.scene is Scene.CLAIM)
    found = [one.bad for one in review_queries.labels_of(world.shop_id, decision_id=decision.id)]
    assert found == ([] if bad is None else [bad])


# -- reviews ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "state"), [("release", "delivered"), ("deny", "refunding"), ("ask", "paid")])
@pytest.mark.parametrize("scene", [Scene.ORDER, Scene.PAY])
def test_a_person_decides_about_an_order_that_waits(
    client: Client, world: World, says: Saying, now: datetime, said: str, state: str, scene: Scene
) -> None:
    says.says[scene] = Outcome.REVIEW
    number = number_of(checkout(client, world))
    pay(world, number)
    relay_all(now)
    order = orders.order_by_number(world.shop_id, number)
    assert order.held_until is not None
    review = next(one for one in review_queries.review_queue(world.shop_id) if one.scene is scene)
    take(shop_id=world.shop_id, review_id=review.id, actor="staff:1", now=now)
    decide_review(shop_id=world.shop_id, review_id=review.id, outcome=said, actor="staff:1", now=now)
    relay_all(now)
    assert orders.order_by_number(world.shop_id, number).state == state
    # Heard again, or once all is over, it changes nothing.
    events.publish(shop_id=world.shop_id, event=_reviewed(review, said), now=now)
    relay_all(now)
    assert orders.order_by_number(world.shop_id, number).state == state
    assert sql("SELECT count(*) FROM kernel_event_retry") == [(0,)]


def _reviewed(review: Any, said: str) -> Any:
    kind, subject_id = review.subject
    return risk_wiring.RiskReviewed(
        review.id, review.decision_id, str(review.scene), kind, subject_id, said, automatic=False
    )


# -- beginning ----------------------------------------------------------------------------------------------


def test_shops_begin_with_rules_and_keep_them_off(world: World, now: datetime) -> None:
    loop = loops.REGISTRY["risk.starter"]
    assert loop.fn(now) == 1
    assert loop.fn(now) == 0
    assert Rule.objects.filter(shop_id=world.shop_id).count() == len(STARTER)


def test_the_engine_has_its_parts(world: World, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    assert wiring.installed().rules is not None
    buyer = UUID("019b76da-a800-7000-8000-000000000001")
    act = Act(uuid4(), Scene.SIGN_IN, now, buyer=f"buyer:{buyer.hex}", ip="203.0.113.9", agent="curl/8")
    found = risk_wiring.enriched(act, None)
    assert found["agent_script"] is True
    begun = datetime.fromisoformat("2026-01-01T00:00:00Z")
    assert found["account_age_days"] == pytest.approx((now - begun).days, abs=2)
    monkeypatch.setattr(enriching, "trouble", lambda: ("enrichment.places",))
    monkeypatch.setattr(risk_wiring.enrichment, "trouble", lambda: ("enrichment.places",))
    with pytest.raises(Partly) as partly:
        risk_wiring.enriched(act, None)
    assert partly.value.features["agent_script"] is True
    with platform_job("test"):
        assert Rule.objects.count() == 0
