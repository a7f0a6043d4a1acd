"""The trace in words."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils.translation import override

from goodfor.promotions.evaluating import explain
from goodfor.promotions.tests.cases import ALWAYS, NOW, cart, line, live, priced, uid
from goodfor.promotions.types import (
    APPLIED,
    COUPON,
    CUT,
    REASONS,
    Compare,
    FullPercent,
    FullReduce,
    Gift,
    Join,
    Left,
    Nth,
    Spec,
    Tier,
    Traced,
)

SPEC = live(1, FullReduce((Tier(5000, 2000),)), layer=COUPON).spec


@pytest.fixture(autouse=True)
def _chinese() -> object:
    with override("zh-hans"):
        yield


def _buyer(one: Traced, spec: Spec = SPEC) -> str:
    return explain.for_buyer(one, spec, currency="CNY", now=NOW)


def _one(outcome: str, **more: int) -> Traced:
    return Traced(uid(501), uid(1), outcome, **more)


@pytest.mark.parametrize("outcome", [APPLIED, CUT, *REASONS])
def test_every_outcome_has_words(outcome: str) -> None:
    one = _one(outcome, missing=1)
    assert _buyer(one)
    assert explain.for_operator(one, SPEC, currency="CNY")


def test_a_buyer_reads_what_is_missing() -> None:
    bought = cart(line(1, at=3800), coupons=1)
    (one,) = priced(bought, live(1, SPEC.effect, layer=COUPON)).trace
    assert _buyer(one) == "还差 ¥12.00"
    assert explain.nudge(one, SPEC, currency="CNY") == "还差 ¥12.00，可减 ¥20.00"
    assert explain.for_operator(one, SPEC, currency="CNY") == "未达到门槛，还差 ¥12.00"


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        (FullPercent((Tier(3, 8500),), pieces=True), "还差 2 件，可减 15%"),
        (Nth(2, 5000), "还差 1 件，有一件减 50%"),
        (Gift(uid(9), 1, 1500), "还差 ¥5.00，可得赠品"),
    ],
)
def test_what_more_would_bring(effect: FullPercent | Nth | Gift, said: str) -> None:
    campaign = live(1, effect)
    (one,) = priced(cart(line(1)), campaign).trace
    assert explain.nudge(one, campaign.spec, currency="CNY") == said


def test_every_time_again() -> None:
    campaign = live(1, FullReduce((Tier(1000, 100),), every=True))
    (one,) = priced(cart(line(1, at=1700)), campaign).trace
    assert explain.nudge(one, campaign.spec, currency="CNY") == "还差 ¥3.00，可减 ¥1.00"
    (one,) = priced(cart(line(1, at=1700)), live(1, FullReduce((Tier(1000, 100),)))).trace
    assert explain.nudge(one, live(1, FullReduce((Tier(1000, 100),))).spec, currency="CNY") == ""


def test_what_was_given_and_what_was_cut() -> None:
    bought = cart(line(1, at=9000))
    campaign = live(1, FullReduce((Tier(5000, 2000),)), Left(minor=500))
    (one,) = priced(bought, campaign).trace
    assert _buyer(one) == "已优惠 ¥5.00，已达可优惠上限"
    assert explain.for_operator(one, campaign.spec, currency="CNY") == "已优惠，但未给足（应优惠 ¥20.00，实际 ¥5.00）"


def test_windows_and_people() -> None:
    later = replace(SPEC, window=replace(ALWAYS, starts_at=NOW + timedelta(hours=1)))
    assert _buyer(_one("window"), later).endswith("开始")
    assert _buyer(_one("window"), replace(SPEC, window=replace(ALWAYS, ends_at=NOW))) == "活动已结束"
    assert _buyer(_one("window")) == "现在不在活动时间内"
    assert _buyer(_one("audience"), replace(SPEC, audience=Compare("orders_paid", "eq", 0))) == "仅限新用户"
    assert _buyer(_one("per_order"), replace(SPEC, per_order=2)) == "每单最多使用 2 张"


def test_what_a_buyer_does_not_meet() -> None:
    asked = Join("and", (Compare("orders_paid", "eq", 0), Compare("tier", "ge", 2), Compare("signed_in", "eq", True)))
    facts = {"orders_paid": 3, "signed_in": True}
    assert explain.unmet(asked, facts) == ("已付订单数 = 0（实际：3）", "会员等级 ≥ 2（实际：未知）")
    assert explain.unmet(asked, {"orders_paid": 0, "tier": 2, "signed_in": True}) == ()
    assert explain.unmet(Compare("tags", "has", "vip"), {"tags": frozenset()}) == ("标签 ∋ vip（实际：-）",)


def test_why_a_line_costs_what_it_does() -> None:
    found = priced(
        cart(line(1, 2), coupons=1), live(1, FullReduce((Tier(1, 100),)), layer=COUPON), live(2, Nth(2, 5000))
    )
    (told,) = explain.steps(cart(line(1, 2)), found, {uid(2): "第二件半价", uid(1): "立减券"})
    assert [(step.name, step.minor, step.after) for step in told] == [
        ("", 0, 2000), ("第二件半价", 500, 1500), ("立减券", 100, 1400),
    ]  # fmt: skip
    assert told[-1].coupon_id == uid(901)
