"""What follows by itself from a supplier's bad codes, and how good it is."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from goodfor.supply import queries
from goodfor.supply.errors import ConsequenceLifted, ConsequenceNotFound
from goodfor.supply.health_models import Complaint
from goodfor.supply.judging import Bounds, after, grade_of, judge, measure
from goodfor.supply.judging_models import Consequence
from goodfor.supply.models import Supplier
from goodfor.supply.operations.ask_about import ask_about
from goodfor.supply.operations.inquire import inquire_due
from goodfor.supply.operations.judge_suppliers import judge_suppliers, lift_consequence
from goodfor.supply.operations.note_complaint import note_complaint, note_complaint_end
from goodfor.supply.operations.set_offers import Terms
from goodfor.supply.operations.tally import tally_due
from goodfor.supply.reads_report import consequence_now
from goodfor.supply.routing import choose
from goodfor.supply.tests.market import Market, rows
from goodfor.supply.tests.test_surprise import ONE, WANTED

BOUNDS = Bounds(least_units=50, weigh=100, hold=300, suspend=1000)


@pytest.mark.parametrize(
    ("units", "bad", "level"),
    [
        (49, 49, ""), (50, 0, ""), (50, 1, ""), (201, 2, ""), (200, 2, "weigh"), (100, 2, "weigh"), (100, 3, "hold"),
        (100, 9, "hold"), (100, 10, "suspend"), (50, 60, "suspend"),
    ],
)  # fmt: skip
def test_bounds(units: int, bad: int, level: str) -> None:
    assert judge(units=units, bad=bad, bounds=BOUNDS).level == level


def test_what_is_off_is_off_and_a_suspension_stays() -> None:
    assert judge(units=100, bad=50, bounds=replace(BOUNDS, suspend=0)).level == "hold"
    assert judge(units=100, bad=50, bounds=Bounds(50, 0, 0, 0)).level == ""
    assert [after("", "hold"), after("hold", "weigh"), after("weigh", ""), after("suspend", "")] == [
        "hold", "weigh", "", "suspend",
    ]  # fmt: skip


def test_grades() -> None:
    bounds = (0.002, 0.005, 0.01, 0.03)
    found = [measure("bad", value, bounds, enough=True).grade for value in (0.0, 0.002, 0.0021, 0.01, 0.03, 0.031)]
    assert found == ["A", "A", "B", "C", "D", "E"]
    good, bad = measure("bad", 0.0, bounds, enough=True), measure("slow", 9, bounds, enough=True)
    assert (grade_of([good, bad]), grade_of([measure("bad", None, bounds, enough=True), bad])) == ("E", "")
    assert measure("bad", 0.5, bounds, enough=False).grade == ""


def test_routing_heeds_what_follows() -> None:
    cheap, dear = replace(ONE, cost=Decimal(5)), replace(ONE, offer_id=uuid4(), supplier_id=uuid4(), cost=Decimal(8))

    def first(one: object) -> object:
        return choose(WANTED, [one, dear], 600).picks[0].candidate.offer_id  # type: ignore[list-item]

    assert first(cheap) == cheap.offer_id
    assert first(replace(cheap, judged="weigh", factor=0.5)) == dear.offer_id
    assert first(replace(cheap, judged="weigh", factor=0.5, cost=Decimal(4))) == cheap.offer_id
    # Held back: after all others, whatever it costs and however it stands; but it delivers where nobody else does.
    held = replace(cheap, judged="hold", factor=0.5, cost=Decimal(1), priority=1)
    assert first(held) == dear.offer_id
    assert [pick.candidate.offer_id for pick in choose(WANTED, [held], 600).picks] == [held.offer_id]
    out = choose(WANTED, [replace(cheap, judged="suspend", factor=0.5), dear], 600)
    assert (dict(out.why_not), len(out.picks)) == ({cheap.offer_id: "suspended"}, 1)


def test_half_the_weight_is_half_the_share() -> None:
    one = replace(ONE, weight=2)
    other = replace(ONE, offer_id=uuid4(), supplier_id=uuid4(), weight=2)
    for factor, least, most in ((1.0, 440, 560), (0.5, 280, 390)):
        mine = replace(one, judged="weigh" if factor < 1 else "", factor=factor)
        won = sum(
            choose(replace(WANTED, id=UUID(int=number)), [mine, other], 600).picks[0].candidate.offer_id == one.offer_id
            for number in range(1000)
        )
        assert least < won < most


def complain(fair: Market, line: UUID, units: int = 1, *, upheld: bool = True) -> None:
    note_complaint(shop_id=fair.shop, claim_id=(claim := uuid4()), line_id=line, units=units, now=fair.at)
    if upheld:
        note_complaint_end(shop_id=fair.shop, claim_id=claim, upheld=True)


def judged(fair: Market) -> list[dict[str, object]]:
    found = rows("SELECT payload FROM kernel_event WHERE name = 'supply.judged' ORDER BY id")
    return [json.loads(row[0]) for row in found]


def test_bad_codes_have_consequences_until_somebody_answers_for_them(fair: Market) -> None:
    fair.supplier("anna", cost=Decimal("7.00"))
    fair.supplier("bert", cost=Decimal("9.00"))
    anna = fair.ids["anna"]
    line = fair.want(60)
    fair.buy()
    assert fair.states(line) == ["delivered"]
    tally_due(now=fair.at)
    assert judge_suppliers(now=fair.at) == 0
    complain(fair, line)
    complain(fair, line, 30, upheld=False)
    assert judge_suppliers(now=fair.at) == 0
    complain(fair, line)
    assert judge_suppliers(now=fair.at) == 1
    assert judge_suppliers(now=fair.at) == 0
    held = consequence_now(fair.shop, anna)
    assert held is not None
    assert (held.level, held.units, held.bad, held.rate_points, held.bound_points) == ("hold", 60, 2, 333, 300)
    # The next goes to the other one, though it is dearer.
    other = fair.want(1)
    fair.buy()
    (bought,) = fair.attempts(other)
    assert bought.supplier_id == fair.ids["bert"]
    assert [entry.get("judged") for entry in bought.trace["order"]] == [None, "hold"]
    complain(fair, line, 5)
    assert judge_suppliers(now=fair.at) == 1
    assert [(one.level, one.lifted_by) for one in queries.consequences(fair.shop, anna)] == [
        ("suspend", ""), ("hold", "system"),
    ]  # fmt: skip
    assert [(one["level"], one["was"]) for one in judged(fair)] == [("hold", ""), ("suspend", "hold")]
    # Better days end no suspension; a person does, and what was bad until then counts no more.
    assert judge_suppliers(now=fair.at + timedelta(days=9)) == 0
    now = consequence_now(fair.shop, anna)
    assert now is not None
    told = {"shop_id": fair.shop, "consequence_id": now.id, "note": "换了批次", "actor": "staff:1", "now": fair.at}
    with pytest.raises(ConsequenceNotFound):
        lift_consequence(**{**told, "shop_id": uuid4()})
    assert consequence_now(fair.shop, anna) == now
    lift_consequence(**told)
    with pytest.raises(ConsequenceLifted):
        lift_consequence(**told)
    assert (consequence_now(fair.shop, anna), judge_suppliers(now=fair.at)) == (None, 0)
    actions = rows("SELECT action FROM kernel_audit WHERE action LIKE 'supply.judge%%' ORDER BY id")
    assert actions == [("supply.judged",), ("supply.judged",), ("supply.judgement_lifted",)]


def test_a_suspended_supplier_sells_nothing(fair: Market) -> None:
    fair.supplier("anna", terms=Terms(priority=1))
    anna = fair.ids["anna"]
    line = fair.want(50)
    fair.buy()
    tally_due(now=fair.at)
    assert fair.sku in queries.buyable(fair.shop, [fair.sku], fair.at)
    complain(fair, line, 5)
    assert judge_suppliers(now=fair.at) == 1
    assert consequence_now(fair.shop, anna) is not None
    assert not queries.buyable(fair.shop, [fair.sku], fair.at)
    other = fair.want(1)
    fair.buy()
    assert fair.attempts(other) == []
    assert [(want.state, want.reason) for want in fair.wants(other)] == [("failed", "suspended")]


def test_mild_ones_end_with_better_days_and_bounds_are_the_contracts(fair: Market) -> None:
    fair.supplier("anna")
    anna = fair.ids["anna"]
    line = fair.want(50)
    fair.buy()
    tally_due(now=fair.at)
    complain(fair, line, 2)
    Supplier.objects.filter(id=anna).update(bad_least_units=51)
    assert judge_suppliers(now=fair.at) == 0
    Supplier.objects.filter(id=anna).update(bad_least_units=50, bad_hold_points=0)
    assert judge_suppliers(now=fair.at) == 1
    Supplier.objects.filter(id=anna).update(bad_weigh_points=F("bad_weigh_points") + 400)
    assert judge_suppliers(now=fair.at) == 1
    (one,) = queries.consequences(fair.shop, anna)
    assert (one.level, one.lifted_by, one.note) == ("weigh", "system", "better")
    with pytest.raises(IntegrityError), transaction.atomic():
        Consequence.objects.filter(id=one.id).update(lifted_at=None)


def test_a_report_says_it_all(fair: Market) -> None:
    fair.supplier("kaya", protocol="kayixin")
    kaya = fair.ids["kaya"]
    line = fair.want(40)
    fair.buy()
    tally_due(now=fair.at)
    complain(fair, line, 1)
    codes = [row[0] for row in rows("SELECT code_id FROM supply_code ORDER BY code_ref LIMIT 6")]
    fair.sites["kaya"].fault("lost_answer", on="code_state", times=2)
    ask_about(shop_id=fair.shop, subject=uuid4(), code_ids=codes, now=fair.at)
    for seconds in (1, 4):
        inquire_due(now=fair.to(seconds))
    found = queries.supplier_report(fair.shop, kaya, timezone="Asia/Shanghai", now=fair.at)
    assert (found.after.asked, found.after.answered, found.late) == (6, 6, 0)
    assert found.after.p95 is not None
    assert 0 <= (found.after.p50 or 0) <= found.after.p95
    assert found.bad_rate == pytest.approx(1 / 40)
    grades = {one.name: one.grade for one in found.measures}
    # Too few purchases ended to say how often they fail; 2.5 % bad codes are a D.
    assert (found.grade, grades) == ("D", {"bad": "D", "failed": "", "slow": "", "silent": "A"})
    assert [rate for _at, rate in found.days if rate is not None] == [pytest.approx(1 / 40)]
    assert Complaint.objects.filter(supplier_id=kaya, upheld=True).count() == 1
    assert queries.report_card(fair.shop, kaya, now=fair.at).validity == pytest.approx(39 / 40)
