"""Campaigns in the console: each play made by its form, approved by a second person, stopped, tried beforehand."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.console.promo_words import KINDS
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import Person, by_link, inside, person, proved_as
from goodfor.console.tests.promo_things import campaign_of, reduce_spec
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.operations.set_tiers import set_tiers
from goodfor.loyalty.types import Terms, TierSet
from goodfor.loyalty.types import Tier as MemberTier
from goodfor.orders import queries as orders
from goodfor.orders.operations.place_order import place_order
from goodfor.orders.tests.factories import begin, open_till, pay
from goodfor.orders.types import Buyer, LineRequest
from goodfor.promotions import bundle_queries as bundles
from goodfor.promotions import coupon_queries as coupons
from goodfor.promotions import queries as promotions
from goodfor.promotions.evaluating.conditions import least_tier
from goodfor.promotions.operations.make_campaign import make_campaign
from goodfor.promotions.operations.make_coupons import write_codes
from goodfor.promotions.operations.submit_campaign import approve_campaign, submit_campaign
from goodfor.promotions.types import BundlePrice, Compare, ExtraPoints, FullReduce, Join, Limit, Tier, UnitPrice

pytestmark = pytest.mark.django_db(transaction=True)
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def writer(shop: Shop) -> Person:
    """Who writes campaigns."""
    return person(shop.id, Role.OPERATOR)


@pytest.fixture
def second(shop: Shop) -> Person:
    """A colleague."""
    return person(shop.id, Role.OPERATOR)


@pytest.fixture
def client(writer: Person, second: Person) -> Client:
    """The writer's browser, in a shop of two."""
    return by_link(writer)


def text_of(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def tight(response: Any) -> str:
    """Without any blanks: amounts are drawn in parts."""
    return text_of(response).replace(" ", "")


def typed(**more: Any) -> dict[str, Any]:
    now = utc_now().astimezone(ZONE)
    moment = "%Y-%m-%dT%H:%M"
    return {
        "name": "周末活动", "starts_at": (now - timedelta(hours=1)).strftime(moment),
        "ends_at": (now + timedelta(days=3)).strftime(moment), "part": "on", **more,
    }  # fmt: skip


def send(client: Client, kind: str, to: str, **more: Any) -> Any:
    return client.post(reverse("desk:campaign-make", args=[kind]), {**typed(**more), "to": to})


def skus(shop: Shop) -> list[str]:
    return [str(sku) for sku in shop.demo.skus.values()]


def minimal(shop: Shop) -> dict[str, dict[str, Any]]:
    """The least that each form wants."""
    one = {"sku_0": skus(shop)[0], "price_0": "1.00"}
    everything = {"goods": "all"}
    return {
        "limited_price": one,
        "limited_percent": everything | {"bp": "88"},
        "flash": one | {"stock_0": "50", "hours": "10:00-12:00，20:00-22:00", "buyer_units": "1"},
        "new_buyer": one | {"buyer_uses": "1"},
        "member_price": everything | {"bp": "95"},
        "full_reduce": everything | {"threshold_0": "100", "value_0": "20", "threshold_1": "200", "value_1": "50"},
        "full_percent": everything | {"threshold_0": "2", "value_0": "88", "pieces": "on"},
        "nth": everything | {"n": "2", "bp": "50"},
        "gift": everything | {"gift": skus(shop)[0], "gift_pieces": "1", "threshold": "100"},
        "points": everything | {"times": "2.5", "plus": "10", "threshold": "50"},
        "coupon": everything | {"coupon_kind": "off", "threshold_0": "50", "value_0": "5"},
        "group": one | {"size": "3", "group_hours": "24", "each": "1"},
        "bargain": one | {"helpers": "5", "group_hours": "24", "help_most": "3"},
    }


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "bundle"])
def test_each_play_is_made_by_its_form_and_shown_again_as_it_was(client: Client, shop: Shop, kind: str) -> None:
    sent = minimal(shop)[kind]
    assert client.get(reverse("desk:campaign-make", args=[kind])).status_code == 200
    checked = send(client, kind, "check", **sent)
    assert checked.status_code == 200, text_of(checked)
    assert "最多花多少" in text_of(checked)
    assert promotions.campaigns(shop.id) == []
    saved = send(client, kind, "save", **sent)
    assert saved.status_code == 302
    [view] = promotions.campaigns(shop.id)
    assert (view.name, view.state, view.play) == ("周末活动", "draft", KINDS[kind].play)
    again = client.get(reverse("desk:campaign-edit", args=[view.id]))
    assert "超出了表单能放下的范围" not in text_of(again)
    assert client.get(reverse("desk:campaign", args=[view.id])).status_code == 200


def test_what_earlier_steps_said_goes_along(client: Client, shop: Shop) -> None:
    sent = minimal(shop)["flash"] | {"weekdays": ["1", "7"], "loss": "20"}
    page = send(client, "flash", "limits", **sent).content.decode()
    carried = re.findall(r'<input type="hidden" name="([a-z_0-9]+)" value="([^"]*)"', page)
    known = {name: [value for key, value in carried if key == name] for name, _ in carried}
    assert known["weekdays"] == ["1", "7"]
    assert (known["sku_0"], known["price_0"], known["stock_0"]) == ([sent["sku_0"]], ["1.00"], ["50"])
    unticked = send(client, "flash", "when", **(sent | {"part": ""})).content.decode()
    assert re.search(r'name="part" value="False"', unticked)


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("limited_price", {"name": ""}, "活动名称"),
        ("limited_price", {"sku_0": ""}, "至少选一个规格"),
        ("limited_price", {"price_0": "gratis"}, "请写成 100.00 这样的金额"),
        ("limited_price", {"hours": "ab"}, "时段请写成"),
        ("full_reduce", {"value_1": "10"}, "优惠必须逐档增大"),
        ("full_reduce", {"threshold_0": "", "value_0": "", "threshold_1": "", "value_1": ""}, "至少填一档"),
        ("full_reduce", {"ends_at": "2020-01-01T00:00"}, "结束必须晚于开始"),
        ("limited_percent", {"bp": "100"}, "百分比"),
        ("limited_percent", {"goods": "skus"}, "请选择适用商品"),
        ("group", {"size": "1"}, "2"),
        ("flash", {"sku_1": "same", "price_1": "2.00"}, "同一个规格只填一行"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    client: Client, shop: Shop, kind: str, change: dict[str, Any], words: str
) -> None:
    sent = minimal(shop)[kind] | change
    if sent.get("sku_1") == "same":
        sent["sku_1"] = sent["sku_0"]
    answer = send(client, kind, "submit", **sent)
    assert answer.status_code == 422, text_of(answer)
    assert words in text_of(answer)
    assert promotions.campaigns(shop.id) == []


def test_a_second_person_approves_and_buyers_have_it(
    client: Client, shop: Shop, writer: Person, second: Person
) -> None:
    assert send(client, "full_reduce", "submit", goods="all", threshold_0="", value_0="5.00").status_code == 302
    [view] = promotions.campaigns(shop.id)
    assert view.state == "review"
    act = reverse("desk:campaign-act", args=[view.id])
    own = client.post(act, {"act": "approve", "number": "1"})
    assert (own.status_code, promotions.campaign(shop.id, view.id).state) == (403, "review")
    other = by_link(second)
    assert "等人批准" in text_of(other.get(reverse("desk:campaigns")))
    assert "批准" in text_of(other.get(reverse("desk:campaign", args=[view.id])))
    assert other.post(act, {"act": "approve", "number": "1"}).status_code == 302
    assert promotions.campaign(shop.id, view.id).state == "running"
    assert other.post(act, {"act": "pause"}).status_code == 302
    assert "手动暂停" in text_of(other.get(reverse("desk:campaigns")))
    assert other.post(act, {"act": "resume"}).status_code == 302
    assert other.post(act, {"act": "end"}).status_code == 302
    assert other.post(act, {"act": "resume"}).status_code == 409
    assert other.post(act, {"act": "fly"}).status_code == 422


def test_a_change_of_what_runs_waits_beside_it(client: Client, shop: Shop, writer: Person, second: Person) -> None:
    spec, now = reduce_spec(utc_now().replace(second=0, microsecond=0)), utc_now()
    made = make_campaign(shop_id=shop.id, name="满减", spec=spec, actor=writer.staff.actor, now=now)
    common: dict[str, Any] = {"shop_id": shop.id, "campaign_id": made.campaign_id, "number": 1, "now": now}
    submit_campaign(**common, actor=writer.staff.actor)
    approve_campaign(**common, actor=second.staff.actor)
    at = reverse("desk:campaign-edit", args=[made.campaign_id])
    changed = typed(goods="all", value_0="7.00", seen="1", to="submit")
    assert client.post(at, changed).status_code == 302
    view = promotions.campaign(shop.id, made.campaign_id)
    assert (view.state, view.in_force, view.submitted) == ("running", 1, 2)
    assert client.post(at, changed).status_code == 409
    page = tight(client.get(reverse("desk:campaign", args=[made.campaign_id])))
    assert "¥5.00" in page
    assert "¥7.00" in page
    assert client.post(reverse("desk:campaign-act", args=[made.campaign_id]), {"act": "withdraw"}).status_code == 302
    assert promotions.campaign(shop.id, made.campaign_id).submitted is None


def test_a_simulation_is_what_then_happens(client: Client, shop: Shop, writer: Person, second: Person) -> None:
    campaign_id = campaign_of(shop, writer)
    page = tight(client.get(reverse("desk:campaign-simulated", args=[campaign_id])))
    # Of the two orders that the shop has, one was paid: two pieces.
    assert "会享受的1" in page
    assert "会优惠¥5.00" in page
    now = utc_now()
    common: dict[str, Any] = {"shop_id": shop.id, "campaign_id": campaign_id, "number": 1, "now": now}
    submit_campaign(**common, actor=writer.staff.actor)
    approve_campaign(**common, actor=second.staff.actor)
    placed = place_order(
        shop_id=shop.id, lines=[LineRequest(shop.demo.skus["kw-50"], 2)], buyer=Buyer("again"), channel="storefront",
        now=utc_now(),
    )  # fmt: skip
    assert orders.order_view(shop.id, placed.order_id).discount.amount_minor == 500
    answer = by_link(second).get(reverse("desk:order", args=[placed.number]))
    assert "活动为什么给、为什么没给活动优惠原因满减¥5.00已优惠" in tight(answer)


def test_as_a_buyer(client: Client, shop: Shop, writer: Person) -> None:
    now = utc_now()
    spec = reduce_spec(now, audience=Compare("orders_paid", "eq", 0), limits=(Limit("campaign", "uses", "all", 5),))
    made = make_campaign(shop_id=shop.id, name="新人满减", spec=spec, actor=writer.staff.actor, now=now)
    at = reverse("desk:campaign-tried", args=[made.campaign_id])
    assert client.get(at).status_code == 200
    asked = {"sku": str(shop.demo.skus["kw-50"]), "quantity": "1", "orders_paid": "0", "channel": "web"}
    assert "新人满减−¥5.00" in tight(client.get(at, asked))
    assert "买家不符合适用人群" in text_of(client.get(at, asked | {"orders_paid": "3"}))
    assert promotions.figures(shop.id, [made.campaign_id])[made.campaign_id].orders == 0


def test_coupons_are_made_closed_and_exported_once_by_two(
    client: Client, shop: Shop, writer: Person, second: Person
) -> None:
    asking, letting = (
        proved_as(person(shop.id, Role.OPERATOR, app=True)),
        proved_as(person(shop.id, Role.OPERATOR, app=True)),
    )
    campaign_id = campaign_of(shop, writer, coupon=True)
    at = reverse("desk:campaign-coupons", args=[campaign_id])
    assert asking.get(at).status_code == 200
    assert asking.post(at, {"kind": "public", "name": "口令", "code": "A"}).status_code == 422
    assert asking.post(at, {"kind": "public", "name": "口令", "code": "SUMMER"}).status_code == 302
    assert asking.post(at, {"kind": "unique", "name": "一码", "wanted": "3"}).status_code == 302
    write_codes(now=utc_now())
    batch = next(one for one in coupons.batches(shop.id, campaign_id) if one.kind == "unique")
    act = reverse("desk:campaign-coupons-act", args=[batch.id])
    assert "SUMMER" in text_of(asking.get(reverse("desk:campaign", args=[campaign_id])))
    assert asking.post(act, {"act": "take"}).status_code == 409
    assert asking.post(act, {"act": "ask"}).status_code == 302
    assert asking.post(act, {"act": "allow"}).status_code == 403
    assert letting.post(act, {"act": "allow"}).status_code == 302
    assert letting.post(act, {"act": "take"}).status_code == 409
    file = asking.post(act, {"act": "take"})
    lines = b"".join(file.streaming_content).decode().split()
    assert (lines[0], len(set(lines[1:]))) == ("code", 3)
    assert asking.post(act, {"act": "take"}).status_code == 409
    assert asking.post(act, {"act": "close"}).status_code == 302


def test_the_calendar_says_what_meets(client: Client, shop: Shop, writer: Person, second: Person) -> None:
    for name in ("甲", "乙"):
        now = utc_now()
        made = make_campaign(shop_id=shop.id, name=name, spec=reduce_spec(now), actor=writer.staff.actor, now=now)
        common: dict[str, Any] = {"shop_id": shop.id, "campaign_id": made.campaign_id, "number": 1, "now": now}
        submit_campaign(**common, actor=writer.staff.actor)
        approve_campaign(**common, actor=second.staff.actor)
    page = text_of(client.get(reverse("desk:campaign-calendar")))
    assert "× " in page
    assert "都给，一起算" in page


def test_who_only_looks_changes_nothing(shop: Shop, writer: Person) -> None:
    campaign_id = campaign_of(shop, writer)
    looking = inside(shop.id, Role.VIEWER)
    assert looking.get(reverse("desk:campaign", args=[campaign_id])).status_code == 200
    assert looking.get(reverse("desk:campaign-new")).status_code == 403
    assert looking.post(reverse("desk:campaign-act", args=[campaign_id]), {"act": "archive"}).status_code == 403
    assert promotions.campaign(shop.id, campaign_id).state == "draft"


def test_a_revision_keeps_what_was_typed(client: Client, shop: Shop) -> None:
    sent = minimal(shop)["flash"] | {"budget": "100", "uses": "50", "buyer_uses": "1", "loss": "20", "floor": "0.50"}
    assert send(client, "flash", "save", **sent).status_code == 302
    [view] = promotions.campaigns(shop.id)
    [revision] = promotions.revisions(shop.id, view.id)
    spec = revision.spec
    sku = shop.demo.skus[next(iter(shop.demo.skus))]
    assert spec.effect == UnitPrice(100, {sku: 100})
    assert spec.window.hours == ((600, 720), (1200, 1320))
    assert (spec.floor, spec.loss_leader, spec.play_settings) == (50, True, {"units_by_sku": {str(sku): 50}})
    assert set(spec.limits) == {
        Limit("campaign", "minor", "all", 10_000), Limit("campaign", "uses", "all", 50),
        Limit("buyer", "uses", "all", 1), Limit("buyer", "units", "all", 1), Limit("sku", "units", "all", 50),
        Limit("campaign", "loss", "all", 2_000),
    }  # fmt: skip


def test_a_campaign_is_for_members_from_a_tier_on(client: Client, shop: Shop) -> None:
    """By any form where the shop has tiers; beside whom it is for otherwise; tried as one of them."""
    set_tiers(shop_id=shop.id, tiers=TierSet((MemberTier("普通"), MemberTier("银卡", 9))), actor="test", now=utc_now())
    wanted = {"full_reduce": {"audience": "before"}, "member_price": {}, "coupon": {}}
    for kind, more in wanted.items():
        assert send(client, kind, "save", **minimal(shop)[kind], **more, tier="1").status_code == 302
        view = promotions.campaigns(shop.id)[0]
        spec = promotions.revisions(shop.id, view.id)[0].spec
        assert least_tier(spec.audience) == 1
        assert isinstance(spec.audience, Join) is (kind != "coupon")
        edit = client.get(reverse("desk:campaign-edit", args=[view.id]))
        assert "超出了表单能放下的范围" not in text_of(edit)
        assert "银卡及以上会员" in text_of(client.get(reverse("desk:campaign", args=[view.id])))
    [made] = [one for one in promotions.campaigns(shop.id) if one.play == "member_price"]
    at = reverse("desk:campaign-tried", args=[made.id])
    asked = {"sku": skus(shop)[0], "quantity": "1", "orders_paid": "0", "channel": "web", "signed_in": "on"}
    assert "买家不符合适用人群" in text_of(client.get(at, asked | {"tier": "0"}))
    assert "买家不符合适用人群" not in text_of(client.get(at, asked | {"tier": "1"}))


def test_more_points_say_what_they_are_worth(client: Client, shop: Shop, writer: Person, second: Person) -> None:
    now = utc_now()
    set_terms(shop_id=shop.id, terms=Terms(on=True), actor="test", now=now)
    order = place_order(
        shop_id=shop.id, lines=[LineRequest(shop.demo.skus["kw-50"], 1)], buyer=Buyer("guest:a"), channel="storefront",
        now=now,
    )  # fmt: skip
    assert send(client, "points", "save", goods="all", times="2", plus="10").status_code == 302
    [view] = promotions.campaigns(shop.id)
    assert promotions.revisions(shop.id, view.id)[0].spec.effect == ExtraPoints(20_000, 10)
    assert send(client, "points", "save", goods="all").status_code == 422

    def more() -> int:
        told = text_of(client.get(reverse("desk:campaign-simulated", args=[view.id])))
        return sum(int(number.replace(",", "")) for number in re.findall(r"会多送 ([\d,]+) 积分", told))

    before, till = more(), open_till(shop.id, now)
    pay(begin(till, order.order_id, now), now)
    # Of all money at once: what was less than a point before may be one now.
    assert more() - before - 10 in (order.total.amount_minor // 100, order.total.amount_minor // 100 + 1)


def test_tiers_are_read(client: Client, shop: Shop) -> None:
    assert send(client, "full_reduce", "save", **minimal(shop)["full_reduce"]).status_code == 302
    [view] = promotions.campaigns(shop.id)
    effect = promotions.revisions(shop.id, view.id)[0].spec.effect
    assert effect == FullReduce((Tier(10_000, 2_000), Tier(20_000, 5_000)))


def test_a_bundle_at_a_price_for_new_buyers_takes_nine_steps(
    client: Client, shop: Shop, writer: Person, second: Person
) -> None:
    """From nothing to a bundle on sale whose price for new buyers waits for a colleague."""
    parts = {f"sku_{n}": sku for n, sku in enumerate(skus(shop)[:2])}
    bundle = {
        "title": "宅家娱乐能量包",
        "slug": "home-fun",
        "kind": "fixed",
        **parts,
        "price_kind": "own",
        "price": "88.80",
    }
    steps = [client.post(reverse("desk:bundle-new"), {**bundle, "to": to}) for to in ("price", "check", "sell")]
    [known] = bundles.bundles(shop.id)
    steps.append(client.get(reverse("desk:campaign-make", args=["bundle"])))
    sent = {"bundle": str(known.id), "price": "66.60", "audience": "new", "hours": "20:00-22:00"}
    steps += [send(client, "bundle", to, **sent) for to in ("effect", "when", "limits", "check", "submit")]
    assert [step.status_code for step in steps] == [200, 200, 302, 200, 200, 200, 200, 200, 302]
    assert len(steps) <= 12
    [view] = promotions.campaigns(shop.id)
    assert view.state == "review"
    [revision] = promotions.revisions(shop.id, view.id)
    assert revision.spec.effect == BundlePrice(6_660)
    assert revision.spec.audience == Compare("orders_paid", "eq", 0)
    assert revision.spec.play_settings == {"bundle": str(known.id)}
    approve_campaign(
        shop_id=shop.id, campaign_id=view.id, number=1, actor=second.staff.actor, now=utc_now()
    )  # fmt: skip
    assert promotions.campaign(shop.id, view.id).state == "running"
    assert "超出了表单" not in text_of(client.get(reverse("desk:campaign-edit", args=[view.id])))
