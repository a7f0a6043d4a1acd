"""Pages of points and tiers: what is typed right and wrong, who may, whose it is, and sent twice it is once."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, proved, sql
from goodfor.identity.buyer_models import Buyer
from goodfor.identity.types import Role
from goodfor.kernel import invariants
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tenancy import platform_job
from goodfor.kernel.tests.emptying import marks, tables
from goodfor.ledger import queries as ledger
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty import tasks
from goodfor.loyalty.invariants import INVARIANTS
from goodfor.loyalty.models import Entry, TermsRevision, TiersRevision
from goodfor.loyalty.operations.adjust_units import adjust_units
from goodfor.loyalty.operations.go_on_reckoning import go_on_reckoning
from goodfor.loyalty.operations.set_terms import set_terms
from goodfor.loyalty.operations.set_tiers import set_tiers
from goodfor.loyalty.types import Balance, Holder, Terms, Tier, TierSet

pytestmark = pytest.mark.django_db(transaction=True)
POINTS, TIERS, OWED = "/console/points/", "/console/points/tiers", "/console/points/owed"
FORM = {
    "on": "1", "value_centi": "1.00", "earn_centi": "1", "growth_centi": "1", "redeem_bp": "95",
    "pending_codes_days": "7", "pending_top_ups_days": "3", "live_months": "12", "grace_days": "30", "day_most": "0",
}  # fmt: skip
TABLE = {
    "metric": "growth", "window": "rolling", "valid_days": "365", "grace_days": "7",
    "name_0": "普通", "name_1": "银卡", "qualify_1": "100", "keep_1": "80", "points_bp_1": "1.5",
    "monthly_points_1": "50", "words_1": "优先客服",
}  # fmt: skip


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def read(client: Client, path: str) -> str:
    """Without tags: amounts are in pieces."""
    return re.sub(r"<[^>]+>", "", text_of(client, path))


def moved() -> dict[str, Any]:
    """A fingerprint of all points, tiers and books."""
    return dict(marks([name for name in tables() if name.startswith(("loyalty_", "ledger_"))]))


@pytest.fixture
def buyer_id(shop: Shop) -> UUID:
    """Somebody with an account, in a shop that gives points and has tiers."""
    now = utc_now()
    set_terms(shop_id=shop.id, terms=Terms(on=True), actor="test", now=now)
    set_tiers(
        shop_id=shop.id, tiers=TierSet((Tier("普通"), Tier("银卡", 100, 80), Tier("金卡", 500, 300))), actor="test",
        now=now,
    )  # fmt: skip
    return UUID(str(Buyer.objects.create(shop_id=shop.id, name="李明", created_at=now).id))


def held(shop: Shop, buyer_id: UUID) -> Balance:
    return loyalty.balance(shop.id, Holder(buyer_id), utc_now())


def test_terms_are_tried_and_set_by_those_who_may(shop: Shop) -> None:
    assert inside(shop.id, Role.VIEWER).get(POINTS).status_code == 403
    helper = inside(shop.id, Role.SUPPORT)
    assert "得 100 分" in text_of(helper, POINTS)
    assert "value_centi" not in text_of(helper, POINTS)
    before = moved()
    assert helper.post(POINTS, FORM).status_code == 403
    fresh = inside(shop.id, Role.OPERATOR)
    assert "/prove" in fresh.post(POINTS, FORM)["Location"]
    # What it would mean is said without a proof, and changes nothing.
    tried = fresh.post(POINTS, {**FORM, "act": "try", "earn_centi": "2.5", "value_centi": "2.00"}).content.decode()
    assert "得 250 分" in tried
    assert "占 5%" in tried
    assert 'value="2.5"' in tried
    client = proved(shop.id, Role.OPERATOR)
    for wrong, field in (
        ({"value_centi": "x"}, "value_centi"), ({"earn_centi": "1.234"}, "earn_centi"),
        ({"earn_centi": "-1"}, "earn_centi"), ({"earn_centi": "NaN"}, "earn_centi"),
        ({"checkin": "1 x"}, "checkin"), ({"checkin": "1001"}, "checkin"),
        ({"redeem_bp": "101"}, "redeem_bp"), ({"meet_bp": "101"}, "meet_bp"), ({"grace_days": "0"}, "grace_days"),
        ({"live_months": "121"}, "live_months"), ({"value_centi": "60.00"}, "earn_centi"),
    ):  # fmt: skip
        answer = client.post(POINTS, {**FORM, **wrong})
        assert answer.status_code == 422, wrong
        assert f'id="{field}-bad"' in answer.content.decode(), wrong
    assert moved() == before
    for _ in range(2):
        assert client.post(POINTS, FORM).status_code == 302
    better = {**FORM, "value_centi": "2.00", "debt": "1", "earn_centi": "0.5", "checkin": "1, 2 5",
              "meet_bp": "20"}  # fmt: skip
    assert client.post(POINTS, better).status_code == 302
    first, second = TermsRevision.objects.filter(shop_id=shop.id).order_by("number")
    assert loyalty.revisions(shop.id)[1].terms == Terms(on=True)
    assert (first.number, second.terms["value_centi"], second.terms["earn_centi"], second.terms["debt"]) == (
        1, 200, 50, True,
    )  # fmt: skip
    assert loyalty.revisions(shop.id)[0].terms.checkin == (1, 2, 5)
    assert loyalty.revisions(shop.id)[0].terms.meet_bp == 2_000
    page = text_of(client, POINTS)
    assert "得 50 分" in page
    assert 'value="1 2 5"' in page
    assert "现在是第 2 版" in page


def test_tiers_are_a_table_whose_empty_rows_are_none(shop: Shop) -> None:
    assert inside(shop.id, Role.VIEWER).get(TIERS).status_code == 403
    assert "name_0" not in text_of(inside(shop.id, Role.FINANCE), TIERS)
    before = moved()
    assert inside(shop.id, Role.SUPPORT).post(TIERS, TABLE).status_code == 403
    assert "/prove" in inside(shop.id, Role.OPERATOR).post(TIERS, TABLE)["Location"]
    client = proved(shop.id, Role.OPERATOR)
    assert text_of(client, TIERS).count('<input id="name_') == 3
    for wrong, field in (
        ({"qualify_0": "5"}, "qualify_0"), ({"keep_1": "101"}, "keep_1"), ({"points_bp_1": "11"}, "points_bp_1"),
        ({"name_1": ""}, "name_1"), ({"metric": "x"}, "metric"), ({"valid_days": "0"}, "valid_days"),
        ({"name_5": "金卡", "qualify_5": "90"}, "qualify_5"), ({"qualify_1": "1.5"}, "qualify_1"),
    ):  # fmt: skip
        answer = client.post(TIERS, {**TABLE, **wrong})
        assert answer.status_code == 422, wrong
        assert f'id="{field}-bad"' in answer.content.decode(), wrong
        assert 'value="银卡"' in answer.content.decode() or "name_1" in wrong
    assert client.post(TIERS, {"metric": "growth", "window": "rolling"}).status_code == 422
    assert moved() == before
    for _ in range(2):
        assert client.post(TIERS, {**TABLE, "name_5": "金卡", "qualify_5": "500"}).status_code == 302
    assert TiersRevision.objects.filter(shop_id=shop.id).count() == 1
    assert loyalty.tiers_of(shop.id) == TierSet(
        (
            Tier("普通"), Tier("银卡", 100, 80, 15_000, 50, words="优先客服"), Tier("金卡", 500, 500),
        ),
        grace_days=7,
    )  # fmt: skip
    page = text_of(client, TIERS)
    assert page.count('<input id="name_') == 5
    more = {
        **TABLE, "anniversary_points_1": "30", "claim_hours_1": "12", "extra_picks_1": "2",
        "coupons_1_0191aaaa-0000-7000-8000-000000000001": "on",
    }  # fmt: skip
    for wrong in ({"claim_hours_1": "721"}, {"extra_picks_1": "51"}, {"anniversary_points_1": "-1"}):
        assert client.post(TIERS, {**more, **wrong}).status_code == 422, wrong
    assert client.post(TIERS, more).status_code == 302
    silver = loyalty.tiers_of(shop.id).tiers[1]  # type: ignore[union-attr]
    assert (silver.anniversary_points, silver.claim_hours, silver.extra_picks) == (30, 12, 2)
    assert silver.coupons == ("0191aaaa-0000-7000-8000-000000000001",)
    assert "入会周年送 30 积分" in text_of(client, TIERS)
    assert "售后最迟 12 小时处理" in text_of(client, TIERS)
    assert "已结束的券" in text_of(client, TIERS)
    assert 'value="1.5"' in page
    # One row less, and what is counted is money.
    spent = {**TABLE, "metric": "spend", "window": "calendar", "qualify_1": "1000.50", "keep_1": ""}
    assert client.post(TIERS, spent).status_code == 302
    kept = loyalty.tiers_of(shop.id)
    assert kept is not None
    assert [(one.qualify, one.keep) for one in kept.tiers] == [(0, 0), (100_050, 100_050)]
    assert 'value="1000.50"' in text_of(client, TIERS)


def test_tasks_are_set_by_whoever_may_and_tell_their_cost(shop: Shop, buyer_id: UUID) -> None:
    path = reverse("desk:tasks")
    form = {
        "day_most": "100", "kind_0": "profile", "points_0": "10", "every_0": "once", "bought_0": "on",
        "kind_1": "orders", "points_1": "20", "every_1": "monthly", "need_1": "2", "least_1": "9.90",
        "until_1": "2999-01-01", "automatic_1": "on", "points_2": "5",
    }  # fmt: skip
    assert "kind_0" not in text_of(inside(shop.id, Role.FINANCE), path)
    assert inside(shop.id, Role.SUPPORT).post(path, form).status_code == 403
    assert "/prove" in inside(shop.id, Role.OPERATOR).post(path, form)["Location"]
    client = proved(shop.id, Role.OPERATOR)
    for wrong, field in (
        ({"points_0": "0"}, "points_0"), ({"every_0": "daily"}, "every_0"), ({"need_1": "101"}, "need_1"),
        ({"least_1": "x"}, "least_1"), ({"since_1": "2999-01-02"}, "until_1"), ({"day_most": "-1"}, "day_most"),
    ):  # fmt: skip
        answer = client.post(path, {**form, **wrong})
        assert answer.status_code == 422, wrong
        assert f'id="{field}-bad"' in answer.content.decode(), wrong
    assert client.post(path, form).status_code == 302
    found = loyalty.task_set(shop.id)
    assert [(one.kind, one.points, one.every, one.need, one.least_minor, one.automatic) for one in found.tasks] == [
        ("profile", 10, "once", 1, 0, False), ("orders", 20, "monthly", 2, 990, True),
    ]  # fmt: skip
    assert (found.day_most, [one.bought for one in found.tasks]) == (100, [True, False])
    # Saved again, a task keeps its key, and with it what it has brought.
    again = {**form, **{f"key_{n}": one.key for n, one in enumerate(found.tasks)}, "points_0": "12"}
    assert client.post(path, again).status_code == 302
    assert [one.key for one in loyalty.task_set(shop.id).tasks] == [one.key for one in found.tasks]
    page = text_of(client, path)
    for words in ("填写称呼", "下单并完成 × 2", "每单至少实付", "自动发放", "2999-01-01"):
        assert words in page, words


def adjusted(client: Client, buyer_id: UUID, **sent: Any) -> Any:
    form = {"units": "100", "reason": "道歉", "request": str(uuid4()), **sent}
    return client.post(reverse("desk:buyer-points-adjust", args=[buyer_id]), form)


def test_points_are_given_and_taken_once(shop: Shop, buyer_id: UUID) -> None:
    before = moved()
    for role in (Role.SUPPORT, Role.FINANCE, Role.VIEWER):
        assert adjusted(inside(shop.id, role), buyer_id).status_code == 403
    assert "/prove" in adjusted(inside(shop.id, Role.OPERATOR), buyer_id)["Location"]
    client = proved(shop.id, Role.OPERATOR)
    for wrong in (
        {"units": "0"}, {"units": "x"}, {"units": "1.5"}, {"units": "1000001"}, {"reason": " "}, {"request": "x"},
    ):  # fmt: skip
        assert adjusted(client, buyer_id, **wrong).status_code == 422, wrong
    assert adjusted(client, buyer_id, units="-1").status_code == 409
    assert adjusted(client, uuid4()).status_code == 404
    assert moved() == before
    request = str(uuid4())
    for _ in range(2):
        assert adjusted(client, buyer_id, request=request).status_code == 302
    assert adjusted(client, buyer_id, request=request, units="99").status_code == 409
    assert adjusted(client, buyer_id, units="−30", reason="写错了").status_code == 302
    assert held(shop, buyer_id) == Balance(70)
    assert Entry.objects.filter(shop_id=shop.id).count() == 2
    assert ledger.balance(shop.id, "2203:points") == 70 * 95 // 100
    page = text_of(inside(shop.id, Role.SUPPORT), reverse("desk:buyer-points", args=[buyer_id]))
    for words in ("+100", "-30", "道歉", "写错了", "李明", "普通", "可抵"):
        assert words in page, words
    assert 'name="units"' not in page
    with platform_job("audit in a test"):
        assert [one.name for one in INVARIANTS if invariants.run(one, utc_now()).count] == []


def test_a_tier_is_granted_until_a_day(shop: Shop, buyer_id: UUID) -> None:
    path = reverse("desk:buyer-points-tier", args=[buyer_id])
    day = (utc_now() + timedelta(days=30)).date().isoformat()
    form = {"rank": "2", "until": day, "reason": "老会员"}
    before = moved()
    assert inside(shop.id, Role.SUPPORT).post(path, form).status_code == 403
    assert "/prove" in inside(shop.id, Role.OPERATOR).post(path, form)["Location"]
    client = proved(shop.id, Role.OPERATOR)
    for wrong in ({"rank": "0"}, {"rank": "3"}, {"rank": "x"}, {"until": ""}, {"until": "2020-01-01"}, {"reason": ""}):
        assert client.post(path, {**form, **wrong}).status_code == 422, wrong
    assert moved() == before
    for _ in range(2):
        assert client.post(path, form).status_code == 302
    member = loyalty.member(shop.id, buyer_id, utc_now())
    assert member is not None
    assert (member.tier.name, len(loyalty.steps_of(shop.id, buyer_id))) == ("金卡", 1)
    page = text_of(client, reverse("desk:buyer-points", args=[buyer_id]))
    for words in ("金卡", "店铺给的", "普通 → 金卡", "老会员", "最高等级"):
        assert words in page, words


def test_what_is_owed_adds_up_and_is_reckoned_anew(shop: Shop, buyer_id: UUID) -> None:
    now = utc_now()
    for units in (1000, -200):
        adjust_units(
            shop_id=shop.id, holder=Holder(buyer_id), units=units, request=str(uuid4()), reason="x", actor="staff:1",
            currency="CNY", minor=950 if units > 0 else 0, now=now,
        )  # fmt: skip
    for role in (Role.OPERATOR, Role.SUPPORT):
        assert inside(shop.id, role).get(OWED).status_code == 403
    client = proved(shop.id, Role.FINANCE)
    page = read(client, OWED)
    assert "人工调整" in page
    assert "7.60" in page
    assert "期初" in read(client, f"{OWED}?month={now + timedelta(days=62):%Y-%m}")
    assert "没有积分" in read(client, f"{OWED}?month=2020-01")
    assert client.get(f"{OWED}?month=x").status_code == 422
    reckon = reverse("desk:points-reckon")
    assert inside(shop.id, Role.OPERATOR).post(reckon).status_code == 403
    set_terms(shop_id=shop.id, terms=Terms(on=True, value_centi=200), actor="test", now=now)
    assert client.post(reckon).status_code == 302
    assert "还在进行" in read(client, OWED)
    # Asked again while it runs, it begins again; with nothing left to do it rests.
    assert go_on_reckoning(shop_id=shop.id, now=now, limit=1)
    assert client.post(reckon).status_code == 302
    for _ in range(5):
        tasks.reckon(now)
    assert tasks.reckon(now) == 0
    assert ledger.balance(shop.id, "2203:points") == 800 * 2 * 95 // 100
    page = read(client, OWED)
    assert "15.20" in page
    assert "核算完" in page
    assert sql("SELECT count(*) FROM kernel_audit WHERE action = 'loyalty.reckoning_asked'") == [(2,)]


def test_the_buyers_page_leads_to_the_account_behind_an_order(shop: Shop, buyer_id: UUID) -> None:
    sql("UPDATE orders_order SET buyer_ref = %s WHERE id = %s", [f"buyer:{buyer_id.hex}", shop.placed.order_id])
    path = f"/console/buyers/?order={shop.placed.number}"
    page = text_of(inside(shop.id, Role.SUPPORT), path)
    assert reverse("desk:buyer-points", args=[buyer_id]) in page
    assert "会员积分与等级" in page


def test_points_of_another_shop_do_not_exist(shop: Shop, other: Shop, buyer_id: UUID) -> None:
    client = proved(other.id)
    assert client.get(reverse("desk:buyer-points", args=[buyer_id])).status_code == 404
    before = moved()
    assert adjusted(client, buyer_id).status_code == 404
    form = {"rank": "1", "until": "2099-01-01", "reason": "x"}
    assert client.post(reverse("desk:buyer-points-tier", args=[buyer_id]), form).status_code == 404
    assert moved() == before
    assert "普通" not in text_of(client, TIERS)
    assert "还没有设置过" in text_of(client, POINTS)


def test_pages_are_in_english_too(shop: Shop, buyer_id: UUID) -> None:
    client = proved(shop.id)
    client.post("/console/language", {"language": "en", "next": POINTS})
    for path in (POINTS, TIERS, OWED, reverse("desk:buyer-points", args=[buyer_id])):
        assert 'lang="en"' in text_of(client, path)


def test_one_person_gives_so_much_a_day(shop: Shop, buyer_id: UUID) -> None:
    """As much as one person may refund in a day, 2,000 yuan unless the shop says otherwise; each person for himself."""
    path = reverse("desk:buyer-points-adjust", args=[buyer_id])
    one, other = proved(shop.id, Role.OPERATOR), proved(shop.id, Role.OPERATOR)

    def give(client: Client, units: int) -> int:
        form = {"units": str(units), "reason": "道歉", "request": str(uuid4())}
        return client.post(path, form).status_code

    def held() -> int:
        return loyalty.balance(shop.id, Holder(buyer_id), utc_now()).available

    before = held()
    assert give(one, 150_000) == 302
    assert give(one, 100_000) == 403
    assert held() == before + 150_000
    assert give(one, -1_000) == 302
    # What was taken away again is given all the same: it buys what it buys.
    assert give(one, 50_001) == 403
    assert give(one, 50_000) == 302
    assert give(other, 200_000) == 302
    assert give(other, 20_000) == 403
