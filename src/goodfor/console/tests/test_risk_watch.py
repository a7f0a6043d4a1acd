"""The pages of what risk control sees: exact figures, why, who, paging, what nobody else may see, hostile addresses."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.console.tests.conftest import CONTACT, Shop
from goodfor.console.tests.helpers import inside, person, proved, sql, state_of_all
from goodfor.console.tests.risk_things import IP, PHONE, act_of, came_in, judged, starter_rules
from goodfor.console.views.risk import decisions as decisions_view
from goodfor.console.views.risk.decisions import place_of, place_text
from goodfor.console.views.risk.overview import since_of
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.kit import writing
from goodfor.risk import pipeline, rule_queries
from goodfor.risk.keys import keys_of
from goodfor.risk.operations import note
from goodfor.risk.operations.assess import assess
from goodfor.risk.operations.fold_hours import fold_hours
from goodfor.risk.operations.list_entry import add_entry
from goodfor.risk.operations.snooze_rule import snooze
from goodfor.risk.rule_types import Entry
from goodfor.risk.search_queries import LARGEST
from goodfor.risk.tests.happenings import link
from goodfor.risk.types import KeyKind, Outcome, Result, Scene

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def never_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "SAMPLED", 0)


@pytest.fixture
def client(shop: Shop) -> Client:
    return inside(shop.id, Role.SUPPORT)


def seen(client: Client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(reverse(f"desk:{name}", args=args) + query)
    assert answer.status_code == 200, answer.content.decode()[:800]
    return str(answer.content.decode())


def ids_on(page: str) -> list[UUID]:
    """Decisions in the order in which they stand."""
    return [UUID(found) for found in re.findall(r'href="/console/risk/decisions/([0-9a-f-]{36})/"', page)]


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


# -- one decision -----------------------------------------------------------------------------------


def test_a_decision_says_why(shop: Shop, client: Client) -> None:
    with starter_rules(shop.id):
        made = assess(act_of(shop, facts={"unpaid_orders_open": 6, "quantity": 2}))
    assert made.outcome is Outcome.DENY
    html = seen(client, "risk-decision", made.id)
    assert writing.money(Money(4850, "CNY")) in html
    page = text_of(html)
    for word in (
        "下单：拒绝", "未付款订单过多", "未付款的待付订单数：6", "没有模型，只按规则判断。",
        shop.placed.number, "m***@shop.example", "****5678", "203.0.113.*", "还不知道",
    ):  # fmt: skip
        assert word in page, word
    assert IP not in page
    assert PHONE not in page
    assert CONTACT not in page
    # What was not known is told as such.
    assert "当时不知道：" in page


def test_what_is_no_more_does_not_break_it(shop: Shop, client: Client) -> None:
    """A rule that nobody has, and one whose text asks for a feature that is gone."""
    made = judged(shop, Outcome.HOLD)
    page = text_of(seen(client, "risk-decision", made.id))
    assert "said" in page
    assert "无法重现" in page


def test_later_things_stand_on_it(shop: Shop, client: Client) -> None:
    made = judged(shop, Outcome.REVIEW)
    note(act_of(shop), Result.BAD, made.id)
    where = reverse("desk:risk-decision-label", args=[made.id])
    before = state_of_all()
    for sent in ({}, {"bad": "2"}, {"bad": ""}):
        assert client.post(where, sent).status_code == 422
    assert state_of_all() == before
    assert client.post(where, {"bad": "1"}).status_code == 302
    labels = "SELECT bad, source, by LIKE 'staff:%%' FROM risk_label WHERE shop_id = %s AND decision_id = %s"
    assert sql(labels, [shop.id, made.id]) == [(True, "manual", True)]
    page = text_of(seen(client, "risk-decision", made.id))
    for word in ("失败", "欺诈", "手工标记"):
        assert word in page
    assert client.post(where, {"bad": "0"}).status_code == 302
    assert len(sql(labels, [shop.id, made.id])) == 2


def test_who_may_only_look_changes_nothing(shop: Shop) -> None:
    made, address = judged(shop, Outcome.REVIEW), keys_of(act_of(shop))[KeyKind.ADDRESS]
    finance, viewer = proved(shop.id, Role.FINANCE), inside(shop.id, Role.VIEWER)
    before = state_of_all()
    acts = (reverse("desk:risk-decision-label", args=[made.id]),
            reverse("desk:risk-entity-value", args=["address", address]))  # fmt: skip
    for where in acts:
        for who in (finance, viewer):
            assert who.post(where, {"bad": "1"}).status_code == 403
    assert state_of_all() == before
    page = seen(finance, "risk-decision", made.id)
    assert acts[0] not in page
    assert acts[1] not in seen(finance, "risk-entity", "address", address)
    for name in ("risk", "risk-decisions", "risk-find"):
        assert viewer.get(reverse(f"desk:{name}")).status_code == 403
        assert finance.get(reverse(f"desk:{name}")).status_code == 200


def test_another_shops_are_not_there(shop: Shop, other: Shop) -> None:
    theirs = judged(other, Outcome.DENY)
    keys, client = keys_of(act_of(other)), proved(shop.id)
    before = state_of_all()
    for name, args in (
        ("risk-decision", [theirs.id]), ("risk-decision-label", [theirs.id]),
        *(("risk-entity", [str(kind), key]) for kind, key in keys.items()),
        ("risk-entity-value", ["address", keys[KeyKind.ADDRESS]]),
    ):  # fmt: skip
        where = reverse(f"desk:{name}", args=args)
        assert client.get(where).status_code in (404, 405), where
        assert client.post(where, {"bad": "1"}).status_code in (404, 405), where
    [own] = came_in(shop)
    for query, expected in (("", [own]), (f"?kind=address&key={keys[KeyKind.ADDRESS]}", []), ("?outcome=deny", [])):
        assert ids_on(seen(client, "risk-decisions", query=query)) == expected
    for typed in (PHONE, IP, CONTACT, other.placed.number):
        assert "没有见过这个对象" in seen(client, "risk-find", query=f"?q={typed}")
    assert state_of_all() == before


# -- decisions --------------------------------------------------------------------------------------


def test_all_pages_show_each_once(shop: Shop, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decisions_view, "SIZE", 5)
    [own], now = came_in(shop), utc_now()
    made = [judged(shop, [*Outcome][n % 5], at=now - timedelta(seconds=n // 3)).id for n in range(13)]
    rows = sql("SELECT id FROM risk_decision WHERE shop_id = %s ORDER BY at DESC, id DESC", [shop.id])
    shown, query = [], ""
    for _ in range(5):
        page = seen(client, "risk-decisions", query=query)
        shown += ids_on(page)
        found = re.search(r'rel="next" href="(\?[^"]+)"', page)
        if not found:
            break
        query = found[1].replace("&amp;", "&")
        # Only the first page looks again by itself.
        assert ("hx-trigger" in page) == (len(shown) == 5)
    assert shown == [decision_id for (decision_id,) in rows]
    assert set(shown) == {own, *made}
    assert len(shown) == 14
    assert "hx-trigger" not in page


def test_every_filter_stands_in_the_address(shop: Shop, client: Client) -> None:
    [own] = came_in(shop)
    with starter_rules(shop.id):
        denied = assess(act_of(shop, facts={"unpaid_orders_open": 9})).id
        passed = assess(act_of(shop, Scene.SIGN_IN, subject=None, device="device-0099")).id
    rule = next(one for one in rule_queries.rules(shop.id) if one.code == "unpaid-open")
    device = keys_of(act_of(shop, device="device-0099"))[KeyKind.DEVICE]
    today = datetime.now(tz=utc_now().tzinfo)
    for query, expected in (
        ("", {denied, passed, own}), ("?scene=order", {denied}), ("?scene=sign_in", {passed, own}),
        ("?outcome=deny", {denied}), ("?outcome=allow", {passed, own}), ("?threat=hoarding", {denied}),
        ("?threat=model", set()), (f"?rule={rule.id}", {denied}), (f"?order={shop.placed.number}", {denied}),
        ("?score_from=0.1", set()), (f"?kind=device&key={device}", {passed}),
        (f"?kind=device&key={device}&scene=order", set()), (f"?order={shop.delivered.number}", set()),
        ("?day_until=2020-01-01", set()),
        (f"?day_from={today - timedelta(days=1):%Y-%m-%d}", {denied, passed, own}),
    ):  # fmt: skip
        page = seen(client, "risk-decisions", query=query)
        assert set(ids_on(page)) == expected, query
    page = text_of(seen(client, "risk-decisions", query=f"?rule={rule.id}&threat=hoarding"))
    for word in ("规则：未付款订单过多", "威胁：恶意占库存", shop.placed.number, "访客 …0042"):
        assert word in page


@pytest.mark.parametrize(
    "query",
    ["?scene=%00", "?scene=nothing&outcome=nothing&threat=nothing", "?rule=1%27%20OR%201=1", "?rule=" + "0" * 32,
     f"?kind=device&key={2**63}", "?kind=device&key=-1", "?kind=x&key=1", "?key=1", "?kind=device",
     "?key=%D9%A1&kind=device", "?score_from=nan&score_until=inf", "?score_from=-1", "?score_from=1e5",
     "?score_from=%EF%BC%91", "?day_from=9999-12-31&day_until=9999-12-31", "?day_from=0001-01-01", "?day_until=x",
     "?day_until=0001-01-01", "?day_from=2026-W01-1", "?order=%27;DROP%20TABLE",
     "?before=99999999999999999-" + "f" * 32, "?before=x", "?before=0-" + "0" * 32,
     "?before=" + "9" * 400, "?order=%ED%A0%80", "?page=2&size=x",
     "?scene=" + "a" * 3000],
)  # fmt: skip
def test_hostile_addresses_are_pages_all_the_same(shop: Shop, client: Client, query: str) -> None:
    judged(shop, Outcome.DENY)
    before = state_of_all()
    seen(client, "risk-decisions", query=query)
    seen(client, "risk", query=query.replace("scene", "span"))
    assert state_of_all() == before


def test_a_place_reads_back_exactly() -> None:
    place = (utc_now(), uuid4())
    assert place_of(place_text(place)) == place
    for text in ("", "-", "x-y", place_text(place) + "0", place_text(place).upper(), "９-" + "0" * 32):
        assert place_of(text) is None


# -- the overview -----------------------------------------------------------------------------------


def test_the_overview_counts_what_the_rows_say(shop: Shop, client: Client) -> None:
    now = utc_now()
    with starter_rules(shop.id):
        for n in range(4):
            assess(act_of(shop, at=now - timedelta(hours=5 * n, seconds=1), facts={"unpaid_orders_open": 9}))
        assess(act_of(shop, Scene.SIGN_IN, at=now))
    for n in range(3):
        judged(shop, Outcome.HOLD, at=now - timedelta(hours=30 * n), amount_minor=1000)
    while fold_hours(now=now):
        pass
    for span in ("1h", "24h", "7d"):
        since = since_of(span, now)
        [(all_, denied, held, kept, waits)] = sql(
            "SELECT count(*), count(*) FILTER (WHERE outcome = 'deny'), count(*) FILTER (WHERE outcome = 'hold'),"
            " coalesce(sum(amount_minor) FILTER (WHERE outcome = 'deny'), 0),"
            " coalesce(sum(amount_minor) FILTER (WHERE outcome = 'hold'), 0)"
            " FROM risk_decision d JOIN risk_event e ON e.shop_id = d.shop_id AND e.decision_id = d.id AND e.result = 0"
            " WHERE d.shop_id = %s AND d.at >= %s", [shop.id, since],
        )  # fmt: skip
        answer = client.get(reverse("desk:risk") + f"?span={span}")
        found = answer.context
        counts = {str(label): count for label, _tone, _href, count in found["outcomes"]}
        assert (found["judged"], counts["拒绝"], counts["暂缓发货"]) == (all_, denied, held), span
        assert (found["kept"].amount_minor, found["held"].amount_minor) == (kept, waits), span
        rows = {row.cause: row for row in found["rows"]}
        assert [count for count, _href in rows["hoarding"].counts] == [0, 0, 0, denied], span
        assert rows["hoarding"].kept.amount_minor == kept
        # Rules against hoarding look at orders alone.
        assert rows["hoarding"].judged == denied + held, span
        assert sum(sum(row[1:]) for row in found["chart"]["rows"]) == denied + held
        page = text_of(answer.content.decode())
        assert "没有启用的模型，只按规则和名单判断。" in page
        assert "汇总，数字不全" not in page


def test_it_says_when_hours_were_not_counted(shop: Shop, client: Client) -> None:
    judged(shop, Outcome.DENY, at=utc_now() - timedelta(hours=9))
    assert "数字不全" in seen(client, "risk")
    while fold_hours(now=utc_now()):
        pass
    assert "数字不全" not in seen(client, "risk")


def test_who_attacks_is_named(shop: Shop, client: Client) -> None:
    assert "没有谁被拦下一次以上。" in seen(client, "risk")
    for n in range(3):
        judged(shop, Outcome.DENY, scene=Scene.SIGN_IN, buyer=f"guest:{n}")
    page = client.get(reverse("desk:risk") + "?span=1h")
    told = {(name.kind, name.text): (one.stopped, one.denied) for name, one in page.context["top"]}
    assert told[KeyKind.ADDRESS, "203.0.113.*"] == (3, 3)
    assert not [kind for kind, _text in told if kind is KeyKind.BUYER]
    assert (
        reverse("desk:risk-entity", args=["address", keys_of(act_of(shop))[KeyKind.ADDRESS]]) in page.content.decode()
    )


# -- keys -------------------------------------------------------------------------------------------


def test_keys_are_found_by_what_is_typed(shop: Shop, client: Client) -> None:
    made = judged(shop, Outcome.HOLD)
    keys = keys_of(act_of(shop))

    def typed(text: str) -> Any:
        return client.get(reverse("desk:risk-find"), {"q": text})

    for text, kind in ((PHONE, KeyKind.PHONE), (CONTACT.upper(), KeyKind.MAIL), ("device-0042", KeyKind.DEVICE)):
        answer = typed(text)
        assert (answer.status_code, answer["Location"]) == (302, reverse("desk:risk-entity", args=[kind, keys[kind]]))
    page = typed(IP).content.decode()
    for kind in (KeyKind.NETWORK, KeyKind.ADDRESS):
        assert reverse("desk:risk-entity", args=[kind, keys[kind]]) in page
    page = typed(shop.placed.number).content.decode()
    for kind, key in keys.items():
        assert reverse("desk:risk-entity", args=[kind, key]) in page, kind
    for text in ("", "\x00", "13800000000", "x" * 4000, "' OR 1=1", "\u202e"):
        assert typed(text).status_code == 200
    assert made.id


def test_a_keys_page_tells_its_past(shop: Shop, client: Client) -> None:
    now = utc_now()
    for n in range(3):
        made = judged(shop, Outcome.DENY if n else Outcome.ALLOW, at=now - timedelta(minutes=n))
        note(act_of(shop, at=now), Result.BAD if n else Result.GOOD, made.id)
    judged(shop, Outcome.DENY, device="device-other")
    device = keys_of(act_of(shop))[KeyKind.DEVICE]
    answer = client.get(reverse("desk:risk-entity", args=["device", device]))
    [row] = answer.context["acts"]
    assert (str(row["scene"]), row["attempt"], row["good"], row["bad"], row["money"].amount_minor) == (
        "下单", "3", "1", "2", 3 * 4850,
    )  # fmt: skip
    assert [(str(label), count) for label, _tone, count in answer.context["outcomes"]] == [("放行", 1), ("拒绝", 2)]
    assert len(answer.context["events"]) == 6
    assert len(answer.context["lines"]) == 3
    assert "不在任何名单上。" in answer.content.decode()


def test_lists_and_rules_that_treat_it_otherwise(shop: Shop) -> None:
    client, now, owner = inside(shop.id), utc_now(), person(shop.id, Role.OWNER).staff.actor
    with starter_rules(shop.id):
        assess(act_of(shop))
    key = keys_of(act_of(shop))[KeyKind.PHONE]
    add_entry(
        shop_id=shop.id, kind="watch", entry=Entry("phone", PHONE, "查一查"), actor=owner, now=now
    )  # fmt: skip
    rule = next(one for one in rule_queries.rules(shop.id) if one.code == "unpaid-open")
    snooze(
        shop_id=shop.id, rule_id=rule.id, kind=KeyKind.PHONE, key=key, until=now + timedelta(days=1), reason="老买家",
        actor=owner, now=now,
    )  # fmt: skip
    page = text_of(seen(client, "risk-entity", "phone", key))
    for word in ("关注名单", "查一查", "规则已暂停", "未付款订单过多", "老买家", "有名单或规则限制"):
        assert word in page, word


def test_the_whole_value_asks_who_one_is_and_is_written_down(shop: Shop, client: Client) -> None:
    judged(shop, Outcome.HOLD)
    keys = keys_of(act_of(shop))
    where = reverse("desk:risk-entity-value", args=["address", keys[KeyKind.ADDRESS]])
    count = "SELECT count(*) FROM kernel_audit WHERE action = 'risk_key_seen' AND shop_id = %s"
    answer = client.post(where)
    assert (answer.status_code, answer["Location"].startswith("/console/prove")) == (302, True)
    assert sql(count, [shop.id]) == [(0,)]
    assert client.get(where).status_code == 405
    sure = proved(shop.id, Role.SUPPORT)
    answer = sure.post(where)
    assert (answer.status_code, IP in answer.content.decode()) == (200, True)
    assert sql(count, [shop.id]) == [(1,)]
    assert IP not in seen(sure, "risk-entity", "address", keys[KeyKind.ADDRESS])
    # Of others no whole value is kept.
    assert sure.post(reverse("desk:risk-entity-value", args=["phone", keys[KeyKind.PHONE]])).status_code == 404
    assert sql(count, [shop.id]) == [(1,)]


def test_what_is_linked_is_drawn_and_stands_in_a_table(shop: Shop, client: Client) -> None:
    now = utc_now()
    for n in range(40):
        judged(shop, buyer=f"guest:b{n}", device=f"device-{n % 2}", phone="", mail="")
    keys = [keys_of(act_of(shop, buyer=f"guest:b{n}", device=f"device-{n % 2}")) for n in range(40)]
    sql("DELETE FROM risk_link WHERE shop_id = %s", [shop.id])
    for one in keys:
        for kind in (KeyKind.DEVICE, KeyKind.NETWORK):
            link(shop.id, one[KeyKind.BUYER], one[kind], {KeyKind.DEVICE: 2, KeyKind.NETWORK: 3}[kind], now)
    answer = client.get(reverse("desk:risk-entity", args=["buyer", keys[0][KeyKind.BUYER]]))
    drawing = answer.context["drawing"]
    assert 10 < len(drawing.dots) <= 60
    assert len({(dot.x, dot.y) for dot in drawing.dots}) == len(drawing.dots)
    assert next(dot for dot in drawing.dots if dot.middle).href == ""
    assert {stroke.strong for stroke in drawing.strokes} == {True, False}
    assert len(drawing.rows) == len(drawing.strokes)
    assert all(0 < dot.x < drawing.width and 0 < dot.y < drawing.height for dot in drawing.dots)
    page = answer.content.decode()
    for dot in drawing.dots:
        assert not dot.href or f'href="{dot.href}"' in page
    assert page.count("<circle") == len(drawing.dots)


@pytest.mark.parametrize("path", [
    "device/0/", f"device/{LARGEST + 1}/", "device/" + "9" * 60 + "/", "nothing/1/", "device/1/", "address/1/value",
])  # fmt: skip
def test_no_such_key(shop: Shop, path: str) -> None:
    client = proved(shop.id)
    before = state_of_all()
    for method in (client.get, client.post):
        assert method(f"/console/risk/{path}").status_code in (404, 405)
    assert state_of_all() == before


# -- from other pages -------------------------------------------------------------------------------


def test_orders_and_buyers_lead_to_their_decisions(shop: Shop, client: Client) -> None:
    made = judged(shop, Outcome.HOLD, buyer="guest-demo")
    judged(shop, Outcome.DENY, buyer="guest-else", subject=None)
    for page in (
        seen(client, "order", shop.placed.number), seen(client, "buyers", query=f"?contact={CONTACT}"),
    ):  # fmt: skip
        [where] = re.findall(r'href="(/console/risk/decisions/\?[^"]+)"', page)
        answer = client.get(where.replace("&amp;", "&"))
        assert ids_on(answer.content.decode()) == [made.id]
    viewer = inside(shop.id, Role.VIEWER)
    assert "/console/risk/" not in seen(viewer, "order", shop.placed.number)
