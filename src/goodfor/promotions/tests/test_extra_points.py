"""Points beside the price: which lines earn how much more, and that no price moves by it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from goodfor.promotions import spec_json, stored
from goodfor.promotions.errors import InvalidCampaign
from goodfor.promotions.saying import effect_text
from goodfor.promotions.simulating import simulate
from goodfor.promotions.spec_errors import InvalidSpec
from goodfor.promotions.tests.cases import ALWAYS, EVERYTHING, NOW, ZONE, cart, line, live, priced, told, uid
from goodfor.promotions.types import (
    EARN,
    BuyerNames,
    Compare,
    ExtraPoints,
    FullReduce,
    Limit,
    Live,
    Replay,
    Scope,
    Spec,
    Tier,
)


def points(number: int, effect: ExtraPoints, **more: object) -> Live:
    return live(number, effect, layer=EARN, play="points", **more)  # type: ignore[arg-type]


def test_of_a_line_the_largest_multiple_counts_and_presents_add_up() -> None:
    bought = cart(line(1, at=1000), line(2, 2, at=500), facts={"tier": 1})
    plan = (
        points(1, ExtraPoints(20_000)),
        points(2, ExtraPoints(30_000, 5), scope=Scope(skus=frozenset({uid(2)}))),
        points(3, ExtraPoints(plus=7)),
        points(4, ExtraPoints(15_000)),
        points(5, ExtraPoints(plus=100), audience=Compare("tier", "ge", 2)),
        points(6, ExtraPoints(plus=9, threshold=2_001)),
        points(7, ExtraPoints(plus=9), window=replace(ALWAYS, ends_at=NOW)),
    )
    found = priced(bought, *plan)
    assert found.total == 2_000
    assert [(one.line, one.revision_id.int, one.times_bp, one.plus) for one in found.extras] == [
        (0, 1, 20_000, 0), (1, 2, 30_000, 5), (0, 3, 10_000, 7),
    ]  # fmt: skip
    assert told(found) == [
        (5, "audience"), (7, "window"), (6, "threshold"), (1, "applied"), (2, "applied"), (3, "applied"), (4, "better"),
    ]  # fmt: skip
    assert next(one.missing for one in found.trace if one.revision_id.int == 6) == 1


def test_the_threshold_is_of_what_is_paid() -> None:
    bought = cart(line(1, at=1000))
    off = live(1, FullReduce((Tier(1, 1),)))
    assert priced(bought, points(2, ExtraPoints(plus=1, threshold=1_000))).extras
    assert not priced(bought, off, points(2, ExtraPoints(plus=1, threshold=1_000))).extras


def test_it_is_written_read_and_said() -> None:
    spec = points(1, ExtraPoints(25_000, 100, 5_000)).spec
    assert spec_json.parse(stored.as_json(spec)) == spec == stored.read(stored.as_json(spec))
    assert effect_text(spec.effect, {}, "CNY") == "满 ¥50.00 得 2.5 倍积分，满 ¥50.00 多送 100 积分"
    assert effect_text(ExtraPoints(plus=5), {}, "CNY") == "多送 5 积分"
    for wrong in (
        replace(spec, effect=ExtraPoints()), replace(spec, limits=(Limit("buyer", "uses", "all", 1),)),
        replace(spec, layer="order"), replace(spec, floor=0),
    ):  # fmt: skip
        with pytest.raises((InvalidSpec, InvalidCampaign)):
            spec_json.parse(stored.as_json(wrong))
    said = stored.as_json(spec)
    for field, value in (("times_bp", 9_999), ("times_bp", 100_001), ("plus", 100_001), ("threshold", 0)):
        with pytest.raises(InvalidSpec):
            spec_json.parse({**said, "effect": {**said["effect"], field: value}})


def test_a_trial_says_how_much_money_earns_more() -> None:
    replays = [
        Replay(str(n), BuyerNames(f"b{n}"), replace(cart(line(1, at=1_001)), now=NOW + timedelta(hours=n)))
        for n in range(3)
    ]
    spec = Spec("points", EARN, ALWAYS, EVERYTHING, ExtraPoints(25_000, 10))
    found = simulate(Live(uid(501), uid(1), "积分日", spec), replays, zone=ZONE)
    assert (found.orders, found.touched, found.given) == (3, 3, 0)
    assert (found.more_minor, found.more_plus) == (3 * (1_001 * 15_000 // 10_000), 30)
    assert found.nets == 3_003
