"""Past purchases chosen again: the same routing chooses the same, another one is reckoned."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

import pytest

from goodfor.kernel.clock import utc_now
from goodfor.supply import queries
from goodfor.supply.drafts import draft_of, written_draft
from goodfor.supply.errors import TooManyTrials, TrialInvalid
from goodfor.supply.models import Offer
from goodfor.supply.operations import walk_trials as walking
from goodfor.supply.operations.start_trial import start_trial
from goodfor.supply.operations.walk_trials import walk_trials
from goodfor.supply.replaying import Past, expect, first_of, replay
from goodfor.supply.routing import Candidate, Wanted, choose, trace_of
from goodfor.supply.tests.market import Market
from goodfor.supply.types import DraftChange, TrialDraft

NOTHING = TrialDraft()


def candidate(random: Random, number: int) -> Candidate:
    return Candidate(
        offer_id=UUID(int=number), item_ref=UUID(int=100 + number), supplier_id=UUID(int=200 + number // 2),
        supplier=f"s{number}", protocol="x", item_id=str(number), variant="",
        kind=random.choice(["code"] * 5 + ["direct"]), cost=Decimal(random.randrange(1, 400)) / 10, currency="CNY",
        rate=random.choice([Decimal(1), Decimal(1), Decimal("1.1234")]),
        enabled=random.random() < 0.85, state=random.choice(["on"] * 6 + ["banned"]),
        stock_word=random.choice(["unknown", "in_stock", "low", "out"]), stock=random.choice([None, None, 0, 2, 50]),
        least=random.choice([1, 1, 2]), most=random.choice([None, 3]), multiple=random.choice([1, 1, 2]),
        priority=random.choice([1, 1, 2]), supplier_priority=random.choice([1, 2]), weight=random.choice([1, 1, 1, 5]),
        quota_left=random.choice([None, None, 0, 40]), funds=random.choice([None, Decimal(90)]),
        breaker=random.choice(["", "", "", "open", "half"]), success=random.random(), p95_seconds=random.random() * 9,
        refused=random.random() < 0.1,
    )  # fmt: skip


def scene(random: Random) -> tuple[Wanted, list[Candidate]]:
    wanted = Wanted(
        id=UUID(int=random.getrandbits(120)), quantity=random.choice([1, 2, 5]),
        price_minor=random.randrange(500, 9000), floor_minor=random.choice([0, 100]), exponent=2, channel="storefront",
        kind="code", loss_left_minor=random.choice([0, 0, 5_000]), may_split=random.random() < 0.7,
    )  # fmt: skip
    return wanted, [candidate(random, number) for number in range(random.randrange(1, 7))]


def past_of(wanted: Wanted, trace: dict[str, object]) -> Past:
    """As a row of the table tells it: through JSON, and with a floor and a rule that changed since."""
    return Past(
        want_id=wanted.id, sku_id=UUID(int=9), quantity=wanted.quantity, price_minor=wanted.price_minor, exponent=2,
        channel=wanted.channel, kind=wanted.kind, minute=0, floor_minor=77, may_split=not wanted.may_split,
        trace=json.loads(json.dumps(trace)),
    )  # fmt: skip


def changed_since(random: Random, one: Candidate) -> Candidate:
    """The same offer a week later."""
    return replace(
        one, cost=one.cost + 5, enabled=not one.enabled, state="banned", stock=0, success=0.1, breaker="open",
        priority=9, weight=7, rate=Decimal(3),
    )  # fmt: skip


def test_the_same_routing_chooses_the_same() -> None:
    """Whatever became of the offers since; also where the first ones could not be bought from after all."""
    random, tried = Random(23), 0
    for _ in range(2_500):
        wanted, known = scene(random)
        choice = choose(wanted, known, 600)
        if not choice.picks:
            continue
        at = random.randrange(len(choice.picks))
        trace = trace_of(choice, choice.picks[at], wanted, 600)
        today = [changed_since(random, one) for one in known]
        again = replay(past_of(wanted, trace), today, NOTHING)
        assert [pick.candidate.offer_id for pick in again.picks] == [
            pick.candidate.offer_id for pick in choice.picks[at:]
        ]
        assert [(pick.quantity, pick.expected) for pick in again.picks] == [
            (pick.quantity, pick.expected) for pick in choice.picks[at:]
        ]
        tried += 1
    assert tried > 700


def test_a_draft_moves_a_purchase_and_nothing_else() -> None:
    random = Random(5)
    a = replace(
        candidate(random, 1), kind="code", enabled=True, state="on", stock_word="unknown", stock=None, least=1,
        most=None, multiple=1, priority=1, weight=1, quota_left=None, funds=None, breaker="", refused=False,
        cost=Decimal(10), rate=Decimal(1), success=0.5,
    )  # fmt: skip
    b = replace(a, offer_id=UUID(int=2), supplier_id=UUID(int=202), cost=Decimal(12), success=1.0)
    c = replace(a, offer_id=UUID(int=3), supplier_id=UUID(int=203), enabled=False, cost=Decimal(1))
    wanted = Wanted(UUID(int=7), 4, 2_000, 0, 2, "storefront", "code")
    choice = choose(wanted, [a, b, c], 0)
    past = past_of(wanted, trace_of(choice, choice.picks[0], wanted))
    assert first_of(replay(past, [a, b, c], NOTHING)) == a.offer_id

    def first(draft: TrialDraft) -> UUID | None:
        return first_of(replay(past, [a, b, c], draft))

    assert first(TrialDraft(offers={b.offer_id: DraftChange(priority=0)})) == b.offer_id
    assert first(TrialDraft(offers={a.offer_id: DraftChange(enabled=False)})) == b.offer_id
    assert first(TrialDraft(offers={c.offer_id: DraftChange(enabled=True)})) == c.offer_id, "what was off is let in"
    assert first(TrialDraft(suppliers={a.supplier_id: DraftChange(cost_points=3_000)})) == b.offer_id
    assert first(TrialDraft(floors={UUID(int=9): 900})) == a.offer_id
    assert first(TrialDraft(floors={UUID(int=9): 1_500})) is None, "nobody is so cheap"
    shares, left = expect(replay(past, [a, b, c], NOTHING), past)
    assert left == 0
    assert (shares[a.supplier_id].tried, shares[a.supplier_id].good) == (4, 2), "every other one fails"
    assert (shares[b.supplier_id].tried, shares[b.supplier_id].cost) == (2, 24)
    assert shares[a.supplier_id].margin == 2 * (20 - 10)


def test_a_draft_is_kept_as_it_is() -> None:
    change = DraftChange(priority=3, weight=2, enabled=False, cost=Decimal("1.230"), cost_points=-50)
    draft = TrialDraft(UUID(int=1), {UUID(int=2): change}, {UUID(int=3): DraftChange()}, {UUID(int=1): -5})
    assert draft_of(json.loads(json.dumps(written_draft(draft)))) == draft


def test_last_week_is_replayed_in_stretches(fair: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    fair.supplier("anna")
    fair.supplier("bert", cost=Decimal("9.00"))
    for _ in range(4):
        fair.want(2)
    fair.buy()
    fair.want()
    monkeypatch.setattr(walking, "STRETCH", 2)
    bert = Offer.objects.get(shop_id=fair.shop, supplier_id=fair.ids["bert"])
    draft = TrialDraft(fair.sku, {bert.id: DraftChange(priority=1)})
    now = utc_now() + timedelta(seconds=1)
    trial = start_trial(shop_id=fair.shop, draft=draft, actor="test", now=now)
    same = start_trial(shop_id=fair.shop, draft=replace(draft, offers={bert.id: DraftChange()}), actor="test", now=now)
    assert queries.trial(fair.shop, trial).total == 5
    assert walk_trials(now=now) == 4
    assert (queries.trial(fair.shop, trial).state, queries.trial(fair.shop, trial).done) == ("running", 2)
    while walk_trials(now=now):
        pass
    found = queries.trial(fair.shop, trial)
    assert (found.state, found.done, found.changed, found.unrecorded) == ("done", 5, 4, 1)
    anna, other = fair.ids["anna"], fair.ids["bert"]
    assert (found.really[anna].good, found.really[anna].cost) == (8, Decimal(64))
    assert other not in found.really
    # The fifth want was never bought: it is reckoned with by today's offers.
    assert (found.drafted[other].good, found.drafted[other].cost) == (9, Decimal(81))
    assert found.drafted[other].margin == 9 * (Decimal("48.50") - 9)
    assert (found.really_unserved, found.unserved) == (1, 0)
    assert queries.trial(fair.shop, same).changed == 0
    assert queries.trial(fair.shop, same).drafted[anna].good == 9


def test_a_trial_that_cannot_be_is_refused(fair: Market) -> None:
    with pytest.raises(TrialInvalid):
        start_trial(shop_id=fair.shop, draft=TrialDraft(), actor="test", now=utc_now())
    for draft in (
        TrialDraft(offers={UUID(int=1): DraftChange(priority=1)}),
        TrialDraft(suppliers={UUID(int=1): DraftChange(priority=1)}),
        TrialDraft(floors={UUID(int=1): 1}),
        TrialDraft(fair.sku, floors={fair.sku: 10**13}),
    ):
        with pytest.raises(TrialInvalid):
            start_trial(shop_id=fair.shop, draft=draft, actor="test", now=utc_now())
    for _ in range(3):
        start_trial(shop_id=fair.shop, draft=TrialDraft(floors={fair.sku: 1}), actor="test", now=utc_now())
    with pytest.raises(TooManyTrials):
        start_trial(shop_id=fair.shop, draft=TrialDraft(floors={fair.sku: 1}), actor="test", now=utc_now())
    assert walk_trials(now=utc_now()) == 0
    assert {one.state for one in queries.trials(fair.shop)} == {"done"}
