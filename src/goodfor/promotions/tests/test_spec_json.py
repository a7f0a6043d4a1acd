"""What a revision says, as JSON: read strictly, every refusal names its field."""

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from django.utils.translation import override

from goodfor.promotions.spec_errors import InvalidSpec
from goodfor.promotions.spec_json import MOST_NAMED, parse
from goodfor.promotions.stored import as_json
from goodfor.promotions.tests.cases import ALWAYS, EVERYTHING, live, uid
from goodfor.promotions.types import (
    BY_CHOICE,
    COUPON,
    BundlePrice,
    Compare,
    Effect,
    FullPercent,
    FullReduce,
    Gift,
    Join,
    Limit,
    Node,
    Nth,
    Scope,
    Tier,
    UnitPercent,
    UnitPrice,
)

EFFECTS: tuple[Effect, ...] = (
    UnitPrice(700, {uid(1): 600}),
    UnitPercent(8500),
    BundlePrice(2990),
    BundlePrice(None, 1500),
    FullReduce((Tier(1000, 100), Tier(2000, 300)), most=200),
    FullReduce((Tier(3, 100),), pieces=True, every=True),
    FullPercent((Tier(2, 9000), Tier(3, 8000)), pieces=True),
    Nth(2, 5000, across=True),
    Gift(uid(9), 2, 1000, every=True, most=6),
)
REDUCE: dict[str, Any] = as_json(live(1, FullReduce((Tier(1000, 100), Tier(2000, 300)))).spec)


@pytest.mark.parametrize("effect", EFFECTS)
def test_what_is_written_is_read_back(effect: Effect) -> None:
    spec = live(1, effect).spec
    assert parse(json.loads(json.dumps(as_json(spec)))) == spec


def test_all_of_a_spec_is_read_back() -> None:
    new = Join("and", (Compare("orders_paid", "eq", 0), Join("not", (Compare("registered_days", "lt", 3),))))
    spec = replace(
        live(1, FullReduce((Tier(1000, 100),)), layer=COUPON).spec,
        play="coupon",
        window=replace(ALWAYS, weekdays=frozenset({6, 7}), hours=((600, 720),)),
        scope=Scope(skus=frozenset({uid(1), uid(2)}), without_products=frozenset({uid(3)}), bundles=True),
        priority=-3,
        node=Node("店铺券", "best", 2),
        category="券",
        stacking="exclusive",
        channels=frozenset({"web", "wechat"}),
        audience=new,
        cut=False,
        floor=20,
        loss_leader=True,
        per_order=2,
        limits=(Limit("campaign", "loss", "all", 10_000), Limit("buyer", "uses", "day", 1, "never")),
        play_settings={"steps": [1, 2], "look": {"colour": "red"}},
    )
    assert parse(as_json(spec)) == spec


def test_what_is_left_out_is_as_usual() -> None:
    spec = live(1, UnitPrice(700)).spec
    needed = ("play", "layer", "window", "scope", "effect")
    assert parse({name: as_json(spec)[name] for name in needed}) == spec


def _with(path: str, value: object) -> dict[str, Any]:
    made: Any = deepcopy(REDUCE)
    *outer, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    inner = made
    for step in outer:
        inner = inner[step]
    inner[last] = value
    return dict(made)


SKU = str(uid(1))
DEEP: Any = {"fact": "registered_days", "op": "eq", "value": 1}
for _ in range(8):
    DEEP = {"op": "not", "parts": [DEEP]}
WIDE = {"op": "or", "parts": [{"fact": "registered_days", "op": "eq", "value": 1}] * 200}


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("play", "lottery", "play"),
        ("play", "group", "trigger"),
        ("layer", "price", "layer"),
        ("trigger", "coupon", "trigger"),
        ("trigger", BY_CHOICE, "trigger"),
        ("colour", 1, "colour"),
        ("priority", True, "priority"),
        ("priority", 1.0, "priority"),
        ("window.starts_at", "2026-11-27T12:00:00", "window.starts_at"),
        ("window.ends_at", "soon", "window.ends_at"),
        ("window.ends_at", REDUCE["window"]["starts_at"], "window.ends_at"),
        ("window.weekdays", [0], "window.weekdays.0"),
        ("window.hours", [[60, 60]], "window.hours.0"),
        ("window.hours", [[60]], "window.hours.0"),
        ("window.hours", [[60, 1441]], "window.hours.0.1"),
        ("scope", {}, "scope"),
        ("scope.skus", ["x"], "scope.skus.0"),
        ("scope.skus", [str(uid(1))] * (MOST_NAMED + 1), "scope.skus"),
        ("scope.everything", 1, "scope.everything"),
        ("effect", [], "effect.kind"),
        ("effect.kind", "free", "effect.kind"),
        ("effect.kind", "nth", "effect.tiers"),
        ("effect.tiers", [], "effect.tiers"),
        ("effect.tiers", [{"threshold": 1, "value": 1}] * 21, "effect.tiers"),
        ("effect.tiers.0.threshold", 0, "effect.tiers.0.threshold"),
        ("effect.tiers.1.threshold", 1000, "effect.tiers.1.threshold"),
        ("effect.tiers.1.value", 100, "effect.tiers.1.value"),
        ("effect.tiers.0.value", 0, "effect.tiers.0.value"),
        ("effect.every", True, "effect.every"),
        ("effect.most", 0, "effect.most"),
        ("effect", {"kind": "bundle_price", "minor": None}, "layer"),
        ("node.mode", "worst", "node.mode"),
        ("node.name", "n" * 41, "node.name"),
        ("category", "a\nb", "category"),
        ("channels", ["WEB"], "channels.0"),
        ("audience", DEEP, "audience.parts.0.parts.0.parts.0.parts.0.parts.0.parts.0.parts.0.parts.0"),
        ("audience", WIDE, "audience.parts.199"),
        ("audience", {"op": "not", "parts": []}, "audience.parts"),
        ("audience", {"op": "and", "parts": [{"fact": "shoe", "op": "eq", "value": 1}]}, "audience.parts.0.fact"),
        ("audience", {"fact": "tags", "op": "has", "value": "vip"}, "audience.fact"),
        ("audience", {"op": "not", "parts": [{"fact": "tags", "op": "has", "value": "vip"}]}, "audience.parts.0.fact"),
        ("audience", {"fact": "registered_days", "op": "has", "value": 1}, "audience.op"),
        ("audience", {"fact": "registered_days", "op": "ge", "value": True}, "audience.value"),
        ("audience", {"fact": "signed_in", "op": "eq", "value": 1}, "audience.value"),
        ("floor", -1, "floor"),
        ("per_order", 2, "per_order"),
        ("loss_leader", True, "loss_leader"),
        ("limits", [as_json(live(1, UnitPrice(1)).spec)], "limits.0.play"),
        ("limits", [{"entity": "sku", "counts": "uses", "period": "all", "most": 1}], "limits.0.counts"),
        ("limits", [{"entity": "sku", "counts": "units", "period": "all", "most": 1}], "limits.0.counts"),
        ("limits", [{"entity": "campaign", "counts": "loss", "period": "all", "most": 1}], "limits.0.counts"),
        ("limits", [{"entity": "buyer", "counts": "uses", "period": "day", "most": 1}] * 2, "limits.1"),
        ("play_settings", {"text": "x" * 20_000}, "play_settings"),
        ("play_settings", {"n": float("nan")}, "play_settings"),
        ("play_settings", {"n": [[[[[[1]]]]]]}, "play_settings"),
        ("play_settings", {"text": "\x00"}, "play_settings"),
        ("play_settings", {"text": ["\ud800"]}, "play_settings"),
        ("play_settings", {"units_by_sku": 5}, "play_settings.units_by_sku"),
        ("play_settings", {"units_by_sku": {"x": 5}}, "play_settings.units_by_sku.x"),
        ("play_settings", {"units_by_sku": {SKU: None}}, f"play_settings.units_by_sku.{SKU}"),
        ("play_settings", {"units_by_sku": {SKU: -1}}, f"play_settings.units_by_sku.{SKU}"),
        ("play_settings", {"units_by_sku": {SKU: 10**30}}, f"play_settings.units_by_sku.{SKU}"),
        ("play", "new_buyer", "limits"),
    ],
)
def test_a_refusal_names_its_field(path: str, value: object, told: str) -> None:
    with pytest.raises(InvalidSpec) as refused:
        parse(_with(path, value))
    assert (refused.value.data["path"], refused.value.data["field"]) == (told, told.split(".")[0])
    assert refused.value.detail


def test_a_bundle_has_one_price() -> None:
    for effect in (BundlePrice(None), BundlePrice(100, 100)):
        with pytest.raises(InvalidSpec) as refused:
            parse(as_json(live(1, effect, scope=EVERYTHING).spec))
        assert refused.value.data["path"] == "effect"


@pytest.mark.parametrize("said", [None, [], "x", 7, {"play": "flash"}])
def test_what_is_no_spec_at_all(said: object) -> None:
    with pytest.raises(InvalidSpec):
        parse(said)


def test_the_message_is_in_words_of_the_reader() -> None:
    with override("zh-hans"), pytest.raises(InvalidSpec) as refused:
        parse(_with("effect.tiers.1.threshold", 0))
    assert refused.value.detail == "优惠内容 › 阶梯 › 第 2 项 › 门槛：必须是 1 到 1000000000 的整数"
