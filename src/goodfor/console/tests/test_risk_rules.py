"""Rules on the desk: written with their errors in place, tried, saved, brought to count by two, and off by one."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.console import risk_rule_words as words
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, person, proved, sql, state_of_all
from goodfor.console.tests.risk_rule_things import SAYS, Pair, pair, rule_of
from goodfor.console.tests.risk_things import act_of, judged
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.risk import backtest_queries, pipeline, rule_queries
from goodfor.risk.catalogue import CATALOGUE
from goodfor.risk.errors import BadExpression
from goodfor.risk.keys import keys_of
from goodfor.risk.language import parse
from goodfor.risk.operations.label import label
from goodfor.risk.operations.walk_backtests import walk_backtests
from goodfor.risk.tests.test_language_hostile import HOSTILE
from goodfor.risk.types import KeyKind, Outcome, Scene

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "/console/risk/rules/new"
FORM = {
    "code": "big-order", "name": "大额下单", "text": "amount_minor >= 4000", "scenes": "order", "outcome": "hold",
    "hold_minutes": "60", "label": "R0043-001", "threat": "stolen_payment", "span": "30", "latest": "0",
}  # fmt: skip


@pytest.fixture(autouse=True)
def never_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "SAMPLED", 0)


@pytest.fixture
def two(shop: Shop) -> Pair:
    return pair(shop)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def page(client: Client, name: str, *args: object, query: str = "") -> str:
    answer = client.get(reverse(f"desk:{name}", args=args) + query)
    assert answer.status_code == 200, answer.content.decode()[:800]
    return text_of(answer)


# -- writing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "below"),
    [
        ("amount_minor >= 5 and amout > 3", "amount_minor >= 5 and amout > 3", " " * 22 + "^" * 5),
        ("hour > 3 and\nnone_such", "none_such", "^" * 9),
        ('sku == "卡卡" and amout > 3', 'sku == "卡卡" and amout > 3', " " * 8 + "\u3000\u3000" + " " * 6 + "^" * 5),
        ("hour ＞ 3", "hour ＞ 3", " " * 5 + "＾"),
    ],
)
def test_a_caret_stands_below_what_is_wrong(text: str, line: str, below: str) -> None:
    with pytest.raises(BadExpression) as refused:
        parse(text, CATALOGUE)
    assert words.caret(text, refused.value) == (line, below)


def test_what_is_wrong_is_told_in_place_and_nothing_is_kept(shop: Shop, two: Pair) -> None:
    before = state_of_all()
    sent = {**FORM, "text": "amount_minor >= 5 and amout > 3"}
    for do in ("try", "save"):
        answer = two.first.post(NEW, {**sent, "do": do})
        assert answer.status_code == 422
        html = answer.content.decode()
        assert "没有叫 amout 的特征" in html
        assert "amount_minor" in html
        assert "第 1 行第 23 个字" in html
        caret = re.search(r'<pre[^>]*id="caret"[^>]*>([^<]*)</pre>', html)
        assert caret is not None
        assert caret[1].split("\n") == ["amount_minor &gt;= 5 and amout &gt; 3", " " * 22 + "^^^^^"]
        # All that was typed stands there again.
        assert 'value="big-order"' in html
    english = two.first.post(NEW, sent | {"do": "save"}, headers={"Accept-Language": "en"})
    assert english.status_code == 422
    assert state_of_all() == before


def test_hostile_expressions_are_refused_with_their_place(shop: Shop) -> None:
    """One session, every attack: each is refused, in words, and what can be placed is placed."""
    client = inside(shop.id, Role.OPERATOR)
    before = state_of_all()
    for name, text in HOSTILE.items():
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            # No form can send it.
            continue
        answer = client.post(NEW, {**FORM, "text": text, "do": "save"})
        if answer.status_code == 400:
            # Of such a length nothing is read.
            assert len(text) >= 1_000_000, name
            continue
        assert answer.status_code == 422, name
        html = answer.content.decode()
        assert 'id="text-bad"' in html, name
        assert 'id="caret"' in html, name
        assert re.search(r"第 \d+ 行第 \d+ 个字", text_of(answer)), name
    assert state_of_all() == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "Big"}, "编号只能用"), ({"name": ""}, "请填写名称"), ({"scenes": ""}, "请至少选择一个场景"),
        ({"outcome": "allow"}, "请选择命中后怎么办"), ({"outcome": "x"}, "请选择命中后怎么办"),
        ({"hold_minutes": ""}, "暂缓发货时间"), ({"hold_minutes": "9x"}, "暂缓发货时间"),
        ({"outcome": "challenge"}, "验证强度"), ({"label": "x"}, "BREAK"), ({"threat": "x"}, "请选择威胁"),
        ({"quarantine_days": "3"}, "请选择按什么观察"), ({"quarantine_days": "999", "quarantine_by": "buyer"}, "365"),
        ({"text": 'in_list("nobody", buyer)'}, "名单不存在"), ({"span": "x"}, "开始日期"),
        ({"span": "own", "day_from": "2026-99-01"}, "开始日期"), ({"span": "own"}, "开始日期"),
        ({"span": "own", "day_from": "2025-01-02", "day_until": "2025-01-01"}, "结束日期"),
        ({"scenes": "\x00"}, "请至少选择一个场景"),
    ],
)  # fmt: skip
def test_every_field_says_what_is_wrong_with_it(shop: Shop, change: dict[str, str], said: str) -> None:
    client = inside(shop.id, Role.OPERATOR)
    before = state_of_all()
    answer = client.post(NEW, {**FORM, **change, "do": "try"})
    assert answer.status_code == 422, change
    assert said in text_of(answer)
    assert state_of_all() == before


def test_the_editor_lists_all_that_a_rule_can_be_made_of(shop: Shop, two: Pair) -> None:
    html = two.first.get(NEW).content.decode()
    for name, feature in CATALOGUE.items():
        assert f'data-insert="{name}"' in html
        assert str(feature.words) in html
    assert "in_list(" in html


# -- tried, then saved ------------------------------------------------------------------------------


def test_from_the_text_to_counting(shop: Shop, two: Pair) -> None:
    now = utc_now()
    bad = judged(shop, Outcome.HOLD)
    judged(shop, at=now - timedelta(minutes=2), buyer="guest:other", amount_minor=100)
    good = judged(shop, at=now - timedelta(minutes=3), buyer="guest:third", amount_minor=9000)
    for made, known in ((bad, True), (good, False)):
        label(shop_id=shop.id, bad=known, source="manual", known_at=now, by="system", now=now, decision_id=made.id)
    answer = two.first.post(NEW, {**FORM, "do": "try"})
    assert answer.status_code == 302
    [tried] = backtest_queries.backtests(shop.id)
    where = reverse("desk:risk-backtest", args=[tried.id])
    assert answer["Location"] == where
    html = two.first.get(where).content.decode()
    assert 'hx-trigger="every 1s"' in html
    before = state_of_all()
    assert two.first.post(where + "save", {"to": "draft"}).status_code == 409
    assert state_of_all() == before
    assert walk_backtests(now=utc_now()) > 0
    html = two.first.get(where).content.decode()
    assert "hx-trigger" not in html
    # By hand: three decisions of this scene, two for 4000 or more, one of each sort.
    told = backtest_queries.backtest(shop.id, tried.id).total
    assert (told.decisions, told.fitted, told.caught, told.annoyed, told.young) == (3, 2, 1, 1, 0)
    assert (told.caught_minor, told.annoyed_minor) == (4850, 9000)
    for made in (bad, good):
        assert reverse("desk:risk-decision", args=[made.id]) in html
    assert 'value="percent"' not in html
    assert 'value="shadow"' in html
    answer = two.first.post(where + "save", {"to": "shadow"})
    [rule] = rule_queries.rules(shop.id)
    assert (answer["Location"], rule.state) == (reverse("desk:risk-rule", args=[rule.id]), "shadow")
    # For more it takes another person, who sees the very same figures.
    refused = two.first.post(where + "save", {"to": "percent", "percent": "0"})
    assert refused.status_code == 422
    assert "比例为 1 到 99" in text_of(refused)
    answer = two.first.post(where + "save", {"to": "percent", "percent": "30", "reason": "先试三成"})
    [change] = rule_queries.proposals(shop.id)
    page_of_change = reverse("desk:risk-change", args=[change.id])
    assert answer["Location"] == page_of_change
    html = two.second.get(page_of_change).content.decode()
    for made in (bad, good):
        assert reverse("desk:risk-decision", args=[made.id]) in html
    assert "影子运行 → 部分生效 30%" in text_of(two.second.get(page_of_change))
    before = state_of_all()
    own = two.first.post(page_of_change + "decide", {"do": "approve"})
    assert own.status_code == 403
    assert "需要另一位同事批准" in text_of(own)
    assert state_of_all() == before
    assert two.second.post(page_of_change + "decide", {"do": "approve"}).status_code == 302
    assert rule_queries.rule(shop.id, rule.id).percent == 30


def test_approving_asks_who_one_is(shop: Shop, two: Pair) -> None:
    rule = rule_of(shop, two, "shadow")
    two.first.post(reverse("desk:risk-rule-move", args=[rule.id]), {"to": "live", "reason": "x"})
    [change] = rule_queries.proposals(shop.id)
    third = inside(shop.id, Role.OPERATOR)
    before = state_of_all()
    answer = third.post(reverse("desk:risk-change-decide", args=[change.id]), {"do": "approve"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/console/prove")
    assert two.second.post(reverse("desk:risk-change-decide", args=[change.id]), {"do": "x"}).status_code == 422
    assert state_of_all() == before


def test_a_draft_needs_nobody_and_an_older_view_is_refused(shop: Shop, two: Pair) -> None:
    assert two.first.post(NEW, {**FORM, "do": "save"}).status_code == 302
    [rule] = rule_queries.rules(shop.id)
    edit = reverse("desk:risk-rule-edit", args=[rule.id])
    sent = {**FORM, "text": "amount_minor >= 5000", "latest": "1", "do": "save"}
    assert two.second.post(edit, sent).status_code == 302
    before = state_of_all()
    for do in ("save", "try"):
        answer = two.first.post(edit, {**sent, "text": "amount_minor >= 6000", "do": do})
        assert answer.status_code == 409
    assert state_of_all() == before
    told = page(two.first, "risk-rule", rule.id)
    assert "第 2 版" in told
    assert "5000" in told
    assert "4000" in told


# -- one rule ---------------------------------------------------------------------------------------


def test_off_at_once_by_one_who_proves_it(shop: Shop, two: Pair) -> None:
    rule = rule_of(shop, two, "live")
    move = reverse("desk:risk-rule-move", args=[rule.id])
    fresh = inside(shop.id, Role.OPERATOR)
    before = state_of_all()
    assert fresh.post(move, {"to": "off", "reason": "误伤"})["Location"].startswith("/console/prove")
    refused = two.first.post(move, {"to": "off", "reason": " "})
    assert refused.status_code == 422
    assert "请填写原因" in text_of(refused)
    assert state_of_all() == before
    assert two.first.post(move, {"to": "off", "reason": "误伤太多"}).status_code == 302
    assert rule_queries.rule(shop.id, rule.id).state == "off"
    for told in (page(two.second, "risk-rules"), page(two.second, "risk-changes")):
        assert "停用待确认" in told or "已停用，待确认" in told
    [change] = rule_queries.proposals(shop.id)
    where = reverse("desk:risk-change", args=[change.id])
    assert "要另一位同事确认" in text_of(two.first.get(where))
    before = state_of_all()
    assert two.first.post(where + "decide", {"do": "approve"}).status_code == 403
    assert state_of_all() == before
    past = utc_now() - timedelta(hours=25)
    sql("ALTER TABLE risk_proposal DISABLE TRIGGER ALL")
    sql("UPDATE risk_proposal SET asked_at = %s WHERE id = %s", [past, change.id])
    sql("ALTER TABLE risk_proposal ENABLE TRIGGER ALL")
    assert "超过 24 小时没有确认" in page(two.second, "risk-changes")
    assert two.second.post(where + "decide", {"do": "approve"}).status_code == 302
    assert "没有等待批准的更改" in page(two.second, "risk-changes")
    assert rule_queries.rule(shop.id, rule.id).state == "off"


def test_rules_are_found_by_what_stands_in_the_address(shop: Shop, two: Pair) -> None:
    rule_of(shop, two, "shadow")
    other = replace(SAYS, name="夜里登录", text="hour < 5", scenes=(Scene.SIGN_IN,), outcome=Outcome.REVIEW,
                    hold_minutes=0, threat="location")  # fmt: skip
    rule_of(shop, two, "draft", other, "night")
    for query, big, night in (
        ("", True, True), ("?q=hour", False, True), ("?q=BIG-order", True, False), ("?threat=location", False, True),
        ("?state=shadow", True, False), ("?scene=sign_in", False, True), ("?outcome=hold", True, False),
        ("?waiting=1", False, False), ("?q=%00%27%22", False, False), ("?threat=x&state=y", False, False),
    ):  # fmt: skip
        told = page(two.first, "risk-rules", query=query)
        assert ("大额下单" in told, "夜里登录" in told) == (big, night), query


def test_a_rule_sleeps_for_a_key_and_wakes(shop: Shop, two: Pair) -> None:
    rule = rule_of(shop, two, "live")
    judged(shop)
    key = keys_of(act_of(shop))[KeyKind.PHONE]
    told = page(two.first, "risk-rule", rule.id, query=f"?kind=phone&key={key}")
    assert "****5678" in told
    spare = reverse("desk:risk-rule-spare", args=[rule.id])
    before = state_of_all()
    sleep = {"do": "sleep", "kind": "phone", "key": str(key), "hours": "24", "reason": "老客户"}
    for odd in ({"reason": ""}, {"hours": "7"}, {"key": "x", "value": "abc"}, {"do": "x"}, {"kind": "shoe", "key": ""}):
        assert two.first.post(spare, {**sleep, **odd}).status_code == 422, odd
    assert state_of_all() == before
    assert two.first.post(spare, sleep).status_code == 302
    [(one,)] = sql("SELECT id FROM risk_snooze WHERE ended_at IS NULL AND key = %s", [key])
    assert "老客户" in page(two.first, "risk-rule", rule.id)
    assert two.first.post(spare, {"do": "wake", "snooze": str(one)}).status_code == 302
    assert two.first.post(spare, {"do": "wake", "snooze": str(one)}).status_code == 422
    # A value that somebody typed is the same key.
    assert two.first.post(spare, {**sleep, "key": "", "value": "139-1234 5678"}).status_code == 302
    assert sql("SELECT count(*) FROM risk_snooze WHERE ended_at IS NULL AND key = %s", [key]) == [(1,)]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SUPPORT, Role.FINANCE])
def test_who_may_not_set_changes_nothing(shop: Shop, two: Pair, role: str) -> None:
    rule = rule_of(shop, two, "live")
    two.first.post(reverse("desk:risk-rule-move", args=[rule.id]), {"to": "shadow", "reason": "x"})
    [change] = rule_queries.proposals(shop.id)
    client = proved(shop.id, role)
    before = state_of_all()
    for where, sent in (
        (reverse("desk:risk-rule-move", args=[rule.id]), {"to": "off", "reason": "x"}),
        (reverse("desk:risk-rule-spare", args=[rule.id]), {"do": "sleep"}),
        (reverse("desk:risk-change-decide", args=[change.id]), {"do": "approve"}),
        (NEW, {**FORM, "do": "save"}), (reverse("desk:risk-rule-edit", args=[rule.id]), FORM),
    ):  # fmt: skip
        assert client.post(where, sent).status_code == 403, where
    assert state_of_all() == before
    if role != Role.VIEWER:
        told = page(client, "risk-rule", rule.id)
        assert "大额下单" in told
        assert "紧急停用" not in told


def test_what_another_shop_has_is_not_there(shop: Shop, other: Shop, two: Pair) -> None:
    theirs = pair(other)
    rule = rule_of(other, theirs, "shadow", replace(SAYS, name="别家的规则"))
    assert "别家的规则" not in page(two.first, "risk-rules")
    before = state_of_all()
    for name in ("risk-rule", "risk-rule-edit"):
        assert two.first.get(reverse(f"desk:{name}", args=[rule.id])).status_code == 404
    assert two.first.post(reverse("desk:risk-rule-move", args=[rule.id]), {"to": "live"}).status_code == 404
    assert two.first.post(reverse("desk:risk-rule-spare", args=[rule.id]), {"do": "sleep"}).status_code == 404
    assert state_of_all() == before


def test_the_menu_counts_what_waits(shop: Shop, two: Pair) -> None:
    rule = rule_of(shop, two, "shadow")
    person(shop.id, Role.OPERATOR)
    two.first.post(reverse("desk:risk-rule-move", args=[rule.id]), {"to": "live", "reason": "x"})
    assert rule_queries.waiting_proposals(shop.id) == 1
    assert "待批准的更改 1" in page(two.first, "risk-rules")
