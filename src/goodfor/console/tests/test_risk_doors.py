"""Labels, doors and planted codes on the desk: figures of the rows, who may do what, and what is shown once."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, person, proved, sql, state_of_all
from goodfor.console.tests.risk_rule_things import Pair, pair
from goodfor.console.tests.risk_things import judged
from goodfor.console.tests.test_judged_staff import changed_since
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.risk import door_queries, pipeline
from goodfor.risk.doors.codes import new_code, parse_code
from goodfor.risk.doors.desk import canaries, honeypots
from goodfor.risk.doors.table import REDEEM
from goodfor.risk.keys import key_of
from goodfor.risk.operations.canary_seen import seen
from goodfor.risk.operations.plant_honeypots import plant_honeypots
from goodfor.risk.operations.sound_alarm import sound_alarm
from goodfor.risk.tests.door_helpers import try_at
from goodfor.risk.types import KeyKind, Outcome
from goodfor.vault import queries as stock

pytestmark = pytest.mark.django_db(transaction=True)
LABELS, DOORS, TRAPS = "/console/risk/labels/", "/console/risk/doors/", "/console/risk/traps/"
IP = "203.0.113.9"


@pytest.fixture(autouse=True)
def never_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "SAMPLED", 0)


@pytest.fixture
def two(shop: Shop) -> Pair:
    return pair(shop)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def page(client: Client, where: str) -> str:
    answer = client.get(where)
    assert answer.status_code == 200, answer.content.decode()[:800]
    return text_of(answer)


# -- labels -------------------------------------------------------------------------------------------


def written() -> list[tuple[Any, ...]]:
    return sql("SELECT bad, source, note, subject_type, decision_id IS NULL, by LIKE 'staff:%%' FROM risk_label"
               " ORDER BY id")  # fmt: skip


def test_an_act_is_labelled_by_its_id_or_its_order_and_both_labels_stay(shop: Shop) -> None:
    client, made = inside(shop.id, Role.SUPPORT), judged(shop, Outcome.REVIEW)
    add = reverse("desk:risk-label-add")
    sent = {"what": str(made.id), "bad": "1", "reason": "客户承认盗刷"}
    assert client.post(add, sent).status_code == 302
    assert client.post(add, {**sent, "bad": "0", "reason": "弄错了"}).status_code == 302
    assert client.post(add, {"what": shop.placed.number, "bad": "1", "reason": "拒付"}).status_code == 302
    assert written() == [
        (True, "manual", "客户承认盗刷", "", False, True), (False, "manual", "弄错了", "", False, True),
        (True, "manual", "拒付", "order", True, True),
    ]  # fmt: skip
    shown = page(client, LABELS)
    for word in ("客户承认盗刷", "弄错了", "拒付", "后来改过", shop.placed.number, "手工标记", "100%", "3"):
        assert word in shown, word
    assert shown.count("后来改过") == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"what": ""}, "没有这个订单或判断"), ({"what": "G260101ZZZZZZZZZZ"}, "没有这个订单或判断"),
        ({"what": "ffffffff-ffff-ffff-ffff-ffffffffffff"}, "没有这个订单或判断"), ({"what": "\x00"}, "没有这个订单"),
        ({"what": "' OR 1=1"}, "没有这个订单或判断"), ({"bad": ""}, "请选择是欺诈还是正常"),
        ({"bad": "2"}, "请选择是欺诈还是正常"), ({"reason": " "}, "请填写原因"), ({"reason": "x" * 201}, "请填写原因"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_label_is_told(shop: Shop, change: dict[str, str], said: str) -> None:
    client, made = inside(shop.id, Role.SUPPORT), judged(shop, Outcome.REVIEW)
    before = state_of_all()
    answer = client.post(reverse("desk:risk-label-add"), {"what": str(made.id), "bad": "1", "reason": "x", **change})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert state_of_all() == before


def test_only_acts_of_ones_own_shop_are_labelled(shop: Shop, other: Shop) -> None:
    theirs, client = judged(other, Outcome.DENY), inside(shop.id, Role.SUPPORT)
    lookers = [proved(shop.id, role) for role in (Role.FINANCE, Role.VIEWER)]
    before = state_of_all()
    add = reverse("desk:risk-label-add")
    for what in (str(theirs.id), other.placed.number, str(uuid4()), shop.delivered.number):
        # The last one is ours, and was never judged.
        assert client.post(add, {"what": what, "bad": "1", "reason": "x"}).status_code == 422
    for looker in lookers:
        sent = {"what": shop.placed.number, "bad": "1", "reason": "x"}
        assert looker.post(add, sent).status_code == 403
    assert state_of_all() == before
    assert "标记一次操作" not in page(proved(shop.id, Role.FINANCE), LABELS)
    assert inside(shop.id, Role.VIEWER).get(LABELS).status_code == 403


@pytest.mark.parametrize(
    "query",
    ["?source=x&bad=7", "?source=%00", "?day_from=9999-12-31&day_until=0001-01-01", "?day_from=x", "?before=zz",
     "?before=" + "f" * 32, "?before=%D9%A1", "?bad=1%27", "?day_until=2026-W01-1",
     "?source=manual&bad=1&day_from=2020-01-01"],
)  # fmt: skip
def test_hostile_addresses_of_labels_are_harmless(shop: Shop, query: str) -> None:
    client = inside(shop.id, Role.SUPPORT)
    before = state_of_all()
    assert client.get(LABELS + query).status_code == 200
    assert state_of_all() == before


# -- doors --------------------------------------------------------------------------------------------


def hammer(shop: Shop, many: int = 8, ip: str = IP) -> None:
    now = utc_now() - timedelta(seconds=many)
    for number in range(many):
        try_at(shop.id, "redeem", now + timedelta(seconds=number), ip=ip, guess=new_code())


def row_of(html: str, name: str) -> list[str]:
    """The cells of a door's line."""
    table = html[html.index('id="doors"') :]
    [line] = [one for one in re.findall(r"<tr>(.*?)</tr>", table[: table.index("</tbody>")]) if f">{name}<" in one]
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", line)]


def charted(html: str) -> int:
    """All that the table behind the chart tells."""
    chart = html[html.index('id="by-hour"') :]
    return sum(int(one) for one in re.findall(r"<td>(\d+)</td>", chart[: chart.index("</tbody>")]))


def test_doors_tell_what_came_to_them(shop: Shop, other: Shop) -> None:
    hammer(shop)
    hammer(other, 3, "198.51.100.4")
    try_at(shop.id, "sign_in", utc_now(), ip="198.51.100.5", subject="a", good=True)
    sound_alarm(shop_id=shop.id, door=REDEEM, scope=0, batch="", why="many", misses=210, now=utc_now())
    client = inside(shop.id, Role.SUPPORT)
    html = client.get(DOORS).content.decode()
    right, wrong, refused = (
        sql(text, [shop.id])[0][0]
        for text in (
            "SELECT count(*) FROM risk_door_answer WHERE shop_id = %s AND good",
            "SELECT count(*) FROM risk_door_answer WHERE shop_id = %s AND NOT good",
            "SELECT count(*) FROM risk_door_refusal WHERE shop_id = %s AND NOT asked",
        )
    )
    assert (right, wrong, refused) == (1, 5, 3)
    # Tries, right, wrong, asked for a challenge, refused, locked now.
    assert row_of(html, "卡码兑换")[1:7] == ["8", "0", "5", "0", "3", "1"]
    assert row_of(html, "登录")[1:7] == ["1", "1", "0", "0", "0", "0"]
    for word in ("被攻击", "一分钟内失败次数异常", "210", "验证中"):
        assert word in html
    # Nobody's address stands there, and what support may not do is not offered.
    assert IP not in html
    assert "关闭验证" not in html
    assert "解锁" in html
    assert charted(html) == 9
    assert charted(client.get(f"{DOORS}?door=sign_in").content.decode()) == 1


def test_somebody_is_found_and_let_in(shop: Shop, other: Shop) -> None:
    hammer(shop)
    hammer(shop, ip="198.51.100.4")
    hammer(other)
    client, stranger = inside(shop.id, Role.SUPPORT), inside(other.id, Role.SUPPORT)
    lookers = [proved(shop.id, role) for role in (Role.FINANCE, Role.VIEWER)]
    find, unlock = reverse("desk:risk-doors-find"), reverse("desk:risk-door-unlock")
    before = state_of_all()
    html = client.post(find, {"q": f" {IP} "}).content.decode()
    [key] = re.findall(r'name="key" value="(\d+)"', html)
    assert IP not in html
    assert "没有锁定他" in text_of(client.post(find, {"q": "203.0.113.10"}))
    for typed in ("", "\x00", "x" * 9999, "<script>"):
        assert client.post(find, {"q": typed}).status_code == 200
    good = {"door": "redeem", "by": "address", "key": key, "reason": "客户来电"}
    for change, status in (
        ({"reason": " "}, 422), ({"key": "0"}, 409), ({"key": "-1"}, 409), ({"key": "9" * 30}, 409),
        ({"key": "٣"}, 409), ({"door": "x"}, 409), ({"door": "sign_in"}, 409), ({"by": "x"}, 409),
        ({"by": "device"}, 409), ({"key": ""}, 409),
    ):  # fmt: skip
        assert client.post(unlock, {**good, **change}).status_code == status, change
    for looker in lookers:
        assert looker.post(unlock, good).status_code == 403
    assert stranger.post(unlock, good).status_code == 409
    assert state_of_all() == before
    assert client.post(unlock, good).status_code == 302
    assert len(door_queries.locked_keys(shop.id, now=utc_now())) == 1
    assert len(door_queries.locked_keys(other.id, now=utc_now())) == 1
    [line] = sql("SELECT data->>'reason' FROM kernel_audit WHERE action = 'risk_door_unlocked'")
    assert line == ("客户来电",)


def test_a_breaker_is_closed_with_a_proof_and_a_reason(shop: Shop, other: Shop, two: Pair) -> None:
    for one in (shop, other):
        sound_alarm(shop_id=one.id, door=REDEEM, scope=9, batch="b-1", why="rate", misses=40, now=utc_now())
    close = reverse("desk:risk-breaker-close")
    good = {"door": "redeem", "scope": "9", "reason": "大促，不是攻击"}
    operator = inside(shop.id, Role.OPERATOR)
    lookers = [proved(shop.id, role) for role in (Role.SUPPORT, Role.FINANCE)]
    before = state_of_all()
    stale = operator.post(close, good)
    assert (stale.status_code, "/console/prove" in stale["Location"]) == (302, True)
    for looker in lookers:
        assert looker.post(close, good).status_code == 403
    for change, status in (({"reason": ""}, 422), ({"scope": "8"}, 409), ({"scope": "x"}, 409), ({"door": ""}, 409)):
        assert two.first.post(close, {**good, **change}).status_code == status
    assert changed_since(before) == set()
    assert "关闭 卡码兑换 b-1 的验证" in page(two.first, DOORS)
    assert two.first.post(close, good).status_code == 302
    assert [one.open for one in door_queries.breakers(shop.id, now=utc_now())] == [False]
    assert [one.open for one in door_queries.breakers(other.id, now=utc_now())] == [True]


@pytest.mark.parametrize("query", ["?span=x&door=x", "?door=%00", "?door=sign_in&span=7d", "?span=7d%27", "?key=1"])
def test_hostile_addresses_of_doors_are_harmless(shop: Shop, query: str) -> None:
    client = inside(shop.id, Role.SUPPORT)
    before = state_of_all()
    assert client.get(DOORS + query).status_code == 200
    assert state_of_all() == before


# -- planted codes ------------------------------------------------------------------------------------


def test_honeypots_are_shown_once_and_never_again(shop: Shop, two: Pair) -> None:
    plant, sent = reverse("desk:risk-traps-codes"), {"count": "3", "why": "放进旧备份"}
    answer = two.first.post(plant, sent)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    [shown] = re.findall(r"<pre[^>]*>([^<]*)</pre>", answer.content.decode())
    codes = re.findall(r"\b(?:[0-9A-Z]{5}-){3}[0-9A-Z]{5}\b", shown)
    assert len(set(codes)) == 3
    plain = [parse_code(code) for code in codes]
    assert None not in plain
    assert sql("SELECT count(*) FROM risk_honeypot WHERE shop_id = %s", [shop.id]) == [(3,)]
    # Nowhere else: no page, no row of any table, no audit line.
    for where in (TRAPS, f"{TRAPS}?retired=1", "/console/audit/"):
        html = two.first.get(where).content.decode()
        assert not [code for code in (*codes, *plain) if str(code) in html]
    tables = sql("SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
                 " AND table_schema = current_schema()")  # fmt: skip
    for (table,) in tables:
        for code in (*codes, *plain):
            assert sql(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{code}%"]) == [(0,)], table
    # The same form again makes others.
    again = two.first.post(plant, sent).content.decode()
    assert not [code for code in codes if code in again]


def test_planting_needs_the_right_a_proof_and_a_reason(shop: Shop, two: Pair) -> None:
    [(batch,)] = sql("SELECT id FROM vault_batch WHERE shop_id = %s LIMIT 1", [shop.id])
    acts = ((reverse("desk:risk-traps-codes"), {"count": "1", "why": "x"}),
            (reverse("desk:risk-traps-stock"), {"count": "1", "why": "x", "batch": str(batch)}))  # fmt: skip
    stale, support = inside(shop.id, Role.OPERATOR), proved(shop.id, Role.SUPPORT)
    before = state_of_all()
    for where, sent in acts:
        answer = stale.post(where, sent)
        assert (answer.status_code, "/console/prove" in answer["Location"]) == (302, True)
        assert support.post(where, sent).status_code == 403
        for change in ({"count": "0"}, {"count": "101"}, {"count": "x"}, {"count": "-1"}, {"count": "٣"}, {"why": " "},
                       {"batch": str(uuid4())}, {"batch": "x' OR 1=1"}):  # fmt: skip
            assert two.first.post(where, {**sent, **change}).status_code == 422, change
    assert two.first.post(acts[1][0], {**acts[1][1], "batch": ""}).status_code == 422
    assert two.first.post(acts[1][0], {**acts[1][1], "count": "100"}).status_code == 422
    assert changed_since(before) == set()


def test_canaries_of_the_stock_are_never_sold(shop: Shop, two: Pair) -> None:
    sku = shop.demo.skus["kw-50"]
    [(batch,), *_] = sql("SELECT DISTINCT batch_id FROM vault_lot WHERE shop_id = %s AND sku_id = %s", [shop.id, sku])
    free = len(stock.free_codes(shop.id, batch))
    where = reverse("desk:risk-traps-stock")
    answer = two.first.post(where, {"count": "4", "why": "盯住这批", "batch": str(batch)})
    assert answer.status_code == 302
    assert sql("SELECT count(*) FROM vault_code WHERE shop_id = %s AND canary", [shop.id]) == [(4,)]
    assert len(stock.free_codes(shop.id, batch)) == free - 4
    shown = page(two.first, f"{TRAPS}?tab=canaries")
    assert "盯住这批" in shown
    assert len(canaries(shop_id=shop.id)) >= 4
    # Not even the table takes them as sold, or as free again.
    for change in ("state = 2, sold_at = now(), holder_id = id", "state = 1, holder_id = id", "state = 0",
                   "canary = false"):  # fmt: skip
        with pytest.raises(DatabaseError):
            sql(f"UPDATE vault_code SET {change} WHERE canary")
    assert sql("SELECT count(*) FROM vault_code WHERE canary AND (holder_id IS NOT NULL OR state <> 3)") == [(0,)]


def test_who_met_one_is_named_and_leads_to_their_page(shop: Shop, other: Shop, two: Pair) -> None:
    for one in (shop, other):
        [code] = plant_honeypots(shop_id=one.id, count=1, why="x", actor="test", now=utc_now())
        try_at(one.id, "redeem", utc_now(), ip=IP, device="device-0007", guess=code)
    html = two.first.get(TRAPS).content.decode()
    for kind, value in ((KeyKind.ADDRESS, IP), (KeyKind.DEVICE, "device-0007")):
        where = reverse("desk:risk-entity", args=[str(kind), key_of(shop.id, kind, value)])
        assert f'href="{where}"' in html
        assert two.first.get(where).status_code == 200
        assert reverse("desk:risk-entity", args=[str(kind), key_of(other.id, kind, value)]) not in html
    assert "203.0.113.*" in html
    assert IP not in html
    assert "卡码兑换" in html


def test_who_brought_a_canary_is_named(shop: Shop, two: Pair) -> None:
    one = person(shop.id, Role.SUPPORT)
    [(batch,), *_] = sql("SELECT DISTINCT batch_id FROM vault_lot WHERE shop_id = %s AND sku_id = %s",
                     [shop.id, shop.demo.skus["kw-50"]])  # fmt: skip
    assert (
        two.first.post(reverse("desk:risk-traps-stock"), {"count": "1", "why": "x", "batch": str(batch)}).status_code
        == 302
    )
    [(mark,)] = sql("SELECT fingerprint FROM risk_canary WHERE shop_id = %s ORDER BY id LIMIT 1", [shop.id])
    seen(shop_id=shop.id, fingerprint=bytes(mark), place="lookup", now=utc_now(), who={KeyKind.BUYER: one.staff.actor})
    shown = page(two.first, f"{TRAPS}?tab=canaries")
    assert one.user.username in shown
    assert "后台查卡密" in shown


def test_what_is_taken_away_stays_on_record(shop: Shop, other: Shop, two: Pair) -> None:
    for one in (shop, other):
        plant_honeypots(shop_id=one.id, count=1, why="x", actor="test", now=utc_now())
    [mine], [theirs] = honeypots(shop_id=shop.id), honeypots(shop_id=other.id)
    support = proved(shop.id, Role.SUPPORT)
    before = state_of_all()
    for planted_id in (theirs.id, uuid4()):
        assert two.first.post(reverse("desk:risk-trap-retire", args=[planted_id])).status_code == 404
    assert support.post(reverse("desk:risk-trap-retire", args=[mine.id])).status_code == 403
    assert state_of_all() == before
    assert two.first.post(reverse("desk:risk-trap-retire", args=[mine.id])).status_code == 302
    assert honeypots(shop_id=shop.id) == []
    assert len(honeypots(shop_id=other.id)) == 1
    assert f"…{mine.name}" not in page(two.first, TRAPS)
    assert f"…{mine.name}" in page(two.first, f"{TRAPS}?retired=1")
    assert two.first.post(reverse("desk:risk-trap-retire", args=[mine.id])).status_code == 404


@pytest.mark.parametrize("query", ["?tab=x", "?tab=canaries%00", "?retired=2", "?tab=canaries&retired=1&page=-1"])
def test_hostile_addresses_of_traps_are_harmless(shop: Shop, query: str) -> None:
    client = inside(shop.id, Role.SUPPORT)
    before = state_of_all()
    assert client.get(TRAPS + query).status_code == 200
    assert state_of_all() == before
    assert UUID(int=0) not in {one.id for one in honeypots(shop_id=shop.id)}
