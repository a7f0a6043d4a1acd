"""Claims on the desk: the queue, one claim, every decision, many at once; who may, and what a stale page does."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.types import CaseView
from goodfor.console import tasks
from goodfor.console.tests.claim_things import claimed, claims_of, leave_to_people, sold_order
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import by_link, inside, person, proved, sql, state_of_all
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders

pytestmark = pytest.mark.django_db(transaction=True)
ACTS = ("decide", "ask", "write", "complain")
MAY = (Role.OWNER, Role.OPERATOR, Role.SUPPORT)


@pytest.fixture
def case(shop: Shop) -> CaseView:
    """One claim that waits for somebody."""
    return claims_of(shop, 1)[0]


def page_of(case: CaseView) -> str:
    return reverse("desk:claim", args=[case.id])


def mark_of(shop: Shop, case_id: UUID) -> str:
    return aftersales.desk_case(shop.id, case_id).mark


def send(client: Client, shop: Shop, case: CaseView, what: str, **sent: str) -> Any:
    mark = sent.pop("mark", mark_of(shop, case.id))
    return client.post(reverse(f"desk:claim-{what}", args=[case.id]), {"mark": mark, **sent})


def claim_state(shop: Shop, case: CaseView) -> str:
    [found] = [one for one in orders.claims_of_order(shop.id, case.order_id) if one.id == case.id]
    return found.state


# -- the queue --------------------------------------------------------------------------------------


def test_the_queue_shows_what_waits(shop: Shop, other: Shop) -> None:
    cases, theirs = claims_of(shop, 3), claims_of(other, 1)
    client = inside(shop.id, Role.SUPPORT)
    page = client.get(reverse("desk:claims")).content.decode()
    assert all(case.number in page for case in cases)
    assert theirs[0].number not in page
    assert "data-until" in page
    assert "显示已被使用" in page
    # The badge of the menu, on any page.
    assert aftersales.for_people(shop.id) == 3
    assert "售后工单" in client.get(reverse("desk:orders")).content.decode()
    found = {
        "?tab=closed": 0, "?tab=all": 3, "?tab=all&reason=used": 3, "?tab=all&reason=wrong": 0, "?late=any": 0,
        f"?tab=all&number={cases[0].number}": 1, "?tab=all&number=G0": 0, "?tab=all&decider=system": 0,
        "?tab=all&code_batch=x": 0, f"?tab=all&code_batch={cases[0].batch_id}": 3, "?tab=checking": 0,
    }  # fmt: skip
    for query, count in found.items():
        shown = client.get(reverse("desk:claims") + query).content.decode()
        assert sum(case.number in shown for case in cases) == count, query


def test_the_soonest_deadline_stands_first_and_a_missed_one_is_red(shop: Shop) -> None:
    first, second = claims_of(shop, 2)
    past = utc_now() - timedelta(minutes=5)
    sql("UPDATE aftersales_case SET answer_by = %s, decide_by = %s WHERE id = %s", [past, past, second.id])
    client = inside(shop.id, Role.VIEWER)
    page = client.get(reverse("desk:claims")).content.decode()
    assert page.index(second.number) < page.index(first.number)
    assert "超时 5 分钟" in page
    late = client.get(reverse("desk:claims") + "?late=any").content.decode()
    assert second.number in late
    assert first.number not in late
    overview = client.get(reverse("desk:overview")).content.decode()
    assert "超过承诺时间的售后" in overview
    assert "等人处理的售后" in overview


def test_pages_of_the_queue_follow_one_another(shop: Shop) -> None:
    """Walking, paging and counting see the same rows, each once."""
    cases = claims_of(shop, 5)
    for search in (
        aftersales.CaseSearch(states=("person",), oldest_first=True), aftersales.CaseSearch(),
    ):  # fmt: skip
        pages = [aftersales.search_case_ids(shop.id, search, offset=at, limit=2) for at in (0, 2, 4)]
        assert {one for page in pages for one in page} == {case.id for case in cases}
        assert [len(page) for page in pages] == [2, 2, 1]
        walked = [case.id for page in aftersales.walk_cases(shop.id, search) for case in page]
        assert walked == [one for page in pages for one in page]
        assert aftersales.count_cases(shop.id, search)["person"] == 5


# -- one claim --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role))
def test_everybody_reads_and_few_decide(shop: Shop, case: CaseView, role: Role) -> None:
    """The page of a claim by each role; who may not decide is refused, and nothing changes."""
    client = inside(shop.id, role)
    page = client.get(page_of(case))
    assert page.status_code == 200
    text = page.content.decode()
    for word in ("不是我用的", "看过几个", "资金影响", "决策表没有可以直接建议的处理", case.number):
        assert word in text, word
    assert ('name="act" value="refund"' in text) == (role in MAY)
    assert ("ming.li@shop.example" in text) == (role in MAY)
    assert ("换新成本" in text) == (role in (Role.OWNER, Role.OPERATOR, Role.FINANCE))
    if role in MAY:
        return
    before = state_of_all()
    for what in ACTS:
        sent = {"act": "refund", "note": "x", "text": "x", "why": "need_picture"}
        assert send(client, shop, case, what, **sent).status_code == 403, what
    assert client.post(reverse("desk:claims-pick"), {"act": "decide", "pick": str(case.id)}).status_code == 403
    assert state_of_all() == before


def test_claims_of_other_shops_do_not_exist(shop: Shop, other: Shop) -> None:
    [case] = claims_of(other, 1)
    client = proved(shop.id)
    before = state_of_all()
    assert client.get(page_of(case)).status_code == 404
    for what in ACTS:
        answer = client.post(reverse(f"desk:claim-{what}", args=[case.id]), {"act": "refund", "mark": "person.1"})
        assert answer.status_code == 404, what
    client.post(reverse("desk:claims-pick"), {"act": "decide", "pick": str(case.id)})
    assert client.get(reverse("desk:claims-batch")).status_code == 422
    assert state_of_all() == before


@pytest.mark.parametrize(("action", "ends"), [("refund", "refunded"), ("replace", "replaced"), ("reject", "rejected")])
def test_each_decision(shop: Shop, case: CaseView, action: str, ends: str) -> None:
    client = inside(shop.id, Role.SUPPORT)
    assert send(client, shop, case, "decide", act=action, note="核对过了").status_code == 302
    assert claim_state(shop, case) == ends
    decided = aftersales.desk_case(shop.id, case.id)
    assert (decided.state, decided.action) == ("closed", action)
    assert decided.by.startswith("staff:")
    page = client.get(page_of(case)).content.decode()
    assert "核对过了" in page
    assert "已经结束" in page
    # It is over: nothing is decided twice.
    before = state_of_all()
    assert send(client, shop, case, "decide", act="refund", note="x").status_code == 409
    assert state_of_all() == before
    by_me = client.get(reverse("desk:claims") + "?tab=all&decider=staff").content.decode()
    assert case.number in by_me


def test_what_cannot_be_decided_is_told(shop: Shop, case: CaseView) -> None:
    client = inside(shop.id, Role.SUPPORT)
    before = state_of_all()
    assert send(client, shop, case, "decide", act="reject").status_code == 422
    assert send(client, shop, case, "decide", act="person", note="x").status_code == 422
    assert send(client, shop, case, "decide", act="nothing", note="x").status_code == 422
    # The code came from a file: there is no supplier to ask.
    assert send(client, shop, case, "decide", act="void_refund", note="x").status_code == 422
    assert send(client, shop, case, "decide", act="ask_supplier", note="x").status_code == 422
    assert send(client, shop, case, "complain", text="坏的").status_code == 422
    assert send(client, shop, case, "write", text=" ").status_code == 422
    assert send(client, shop, case, "ask", why="nothing").status_code == 422
    assert state_of_all() == before


def test_a_stale_page_decides_nothing(shop: Shop, case: CaseView) -> None:
    """Two people have the same page open; the first decides."""
    one, two = inside(shop.id, Role.SUPPORT), inside(shop.id, Role.OPERATOR)
    mark = mark_of(shop, case.id)
    assert send(one, shop, case, "decide", act="reject", note="不是坏的", mark=mark).status_code == 302
    before = state_of_all()
    answer = send(two, shop, case, "decide", act="refund", note="退吧", mark=mark)
    assert answer.status_code == 409
    assert "已经改变" in answer.content.decode()
    assert send(two, shop, case, "decide", act="refund", mark="").status_code == 409
    assert send(two, shop, case, "ask", why="need_picture", mark=mark).status_code == 409
    assert state_of_all() == before
    assert claim_state(shop, case) == "rejected"


def test_much_money_needs_a_proof(shop: Shop, case: CaseView) -> None:
    sql("UPDATE identity_shop SET settings = '{\"refund_limit_minor\": 100}'::jsonb WHERE id = %s", [shop.id])
    client = inside(shop.id, Role.SUPPORT)
    before = state_of_all()
    answer = send(client, shop, case, "decide", act="refund", note="x")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/console/prove")
    assert state_of_all() == before
    # What moves no money does not ask.
    assert send(client, shop, case, "ask", why="need_picture").status_code == 302
    again = proved(shop.id, Role.SUPPORT)
    assert send(again, shop, case, "decide", act="refund", note="x").status_code == 302
    assert claim_state(shop, case) == "refunded"


def test_asking_the_buyer_stops_the_clocks_and_writing_does_not(shop: Shop, case: CaseView) -> None:
    client = inside(shop.id, Role.SUPPORT)
    filled = client.get(page_of(case) + "?say=1").content.decode()
    assert f"订单 {case.number} 的售后我们收到了" in filled
    assert send(client, shop, case, "write", text="您好，正在核实").status_code == 302
    assert aftersales.desk_case(shop.id, case.id).state == "person"
    assert send(client, shop, case, "ask", why="need_picture", note="要看得到时间").status_code == 302
    found = aftersales.desk_case(shop.id, case.id)
    assert (found.state, found.due) == ("asking", None)
    page = client.get(page_of(case)).content.decode()
    assert "您好，正在核实" in page
    assert "计时暂停" in page


def test_similar_claims_and_figures(shop: Shop) -> None:
    first, second, third = claims_of(shop, 3)
    client = inside(shop.id, Role.SUPPORT)
    send(client, shop, second, "decide", act="refund", note="x")
    send(client, shop, third, "decide", act="reject", note="x")
    found = aftersales.similar_cases(shop.id, aftersales.desk_case(shop.id, first.id))
    assert {kind: (one.total, one.back, one.refused, one.waiting) for kind, one in found.items()} == {
        "batch": (2, 1, 1, 0), "buyer": (0, 0, 0, 0), "sku": (2, 1, 1, 0),
    }  # fmt: skip
    page = client.get(page_of(first)).content.decode()
    assert "同一批次" in page
    assert "共 2 张，证实 0，退换 1，没通过 1，未结束 0" in page
    sql("UPDATE aftersales_case SET rating = 4 WHERE id = %s", [second.id])
    figures = aftersales.claim_figures(shop.id)
    assert (figures.sample, figures.automatic, figures.rated, figures.rating) == (3, 0.0, 1, 4.0)
    assert (figures.answers_kept, figures.decisions_kept) == (1.0, 1.0)
    assert "买家评分" in client.get(reverse("desk:claims")).content.decode()


# -- many at once -----------------------------------------------------------------------------------


def test_many_are_decided_by_the_worker(shop: Shop) -> None:
    cases = claims_of(shop, 3)
    one = person(shop.id, Role.SUPPORT, app=True)
    client = by_link(one)
    picked = {"act": "decide", "pick": [str(case.id) for case in cases]}
    assert client.post(reverse("desk:claims-pick"), picked).status_code == 302
    batch = reverse("desk:claims-batch")
    # Money for many: who one is comes first.
    assert client.get(batch).headers["Location"].startswith("/console/prove")
    client.post("/console/prove", {"code": one.code(), "next": batch})
    token = _token(client.get(batch))
    before = state_of_all()
    shown = client.post(batch, {"token": token, "note": "同批坏码", "action": "refund", "look": "1"})
    text = shown.content.decode()
    assert "合计退款至多 ¥" in text
    assert all(case.number in text for case in cases)
    assert state_of_all() == before
    done = client.post(batch, {"token": _token(shown), "note": "同批坏码", "action": "refund", "go": "1"})
    assert done.status_code == 302
    # Somebody decides one of them meanwhile.
    assert send(inside(shop.id, Role.SUPPORT), shop, cases[0], "decide", act="reject", note="x").status_code == 302
    while tasks.do_batches(utc_now()):
        pass
    assert [claim_state(shop, case) for case in cases] == ["rejected", "refunded", "refunded"]
    page = client.get(done.headers["Location"]).content.decode()
    assert "售后单的状态已经改变" in page
    assert cases[0].number in page


def test_what_was_not_shown_is_not_done(shop: Shop) -> None:
    [case] = claims_of(shop, 1)
    client = proved(shop.id, Role.SUPPORT)
    client.post(reverse("desk:claims-pick"), {"act": "decide", "pick": str(case.id)})
    batch = reverse("desk:claims-batch")
    token = _token(client.get(batch))
    before = state_of_all()
    for sent in ({"action": "refund", "go": "1"}, {"action": "person", "go": "1"}, {"go": "1"}, {"action": "reject"}):
        assert client.post(batch, {"token": token, "note": "x", **sent}).status_code == 200
    assert state_of_all() == before


def _token(page: Any) -> str:
    return str(page.context["token"])


def test_a_claim_that_the_table_can_decide_is_suggested(shop: Shop) -> None:
    """A person's page says what the table of now would do, and by which row."""
    leave_to_people(shop.id)
    case = claimed(shop, sold_order(shop, "x", seen=False), "invalid")
    assert case.state == "person"
    sql("DELETE FROM aftersales_policy")
    client = inside(shop.id, Role.SUPPORT)
    found = aftersales.desk_case(shop.id, case.id).suggestion
    assert found is not None
    assert found.rule.name == "unseen"
    page = client.get(page_of(case)).content.decode()
    assert f"决策表第 {found.row} 行" in page
    assert f"退款（第 {found.row} 行）" in client.get(reverse("desk:claims")).content.decode()


def test_replies_are_prepared_by_the_shop(shop: Shop, other: Shop) -> None:
    at = reverse("desk:claim-replies")
    client, support = inside(shop.id, Role.OPERATOR), inside(shop.id, Role.SUPPORT)
    assert "已收到" in client.get(at).content.decode()
    sent = {"label": ["你好", ""], "text": ["{number} 的 {product}：{amount}，{reason}", ""]}
    assert client.post(at, sent).status_code == 302
    assert [one.label for one in aftersales.snippets(shop.id)] == ["你好"]
    assert aftersales.snippets(other.id) == []
    [case] = claims_of(shop, 1)
    page = client.get(page_of(case) + "?say=1").content.decode()
    assert f"{case.number} 的 " in page
    assert "¥48.50，显示已被使用" in page
    assert client.get(page_of(case) + "?say=9").status_code == 200
    before = state_of_all()
    for label, text in (
        ("x", "{number.__class__}"), ("x", "{0}"), ("x", "{"), ("x", "{number:>99999999}"), ("x", "{number!r}"),
        ("x", "{secret}"), ("", "x"), ("x", ""), ("x" * 21, "x"), ("x", "x" * 501),
    ):  # fmt: skip
        assert client.post(at, {"label": [label], "text": [text]}).status_code == 422, text
    assert client.post(at, {"label": ["x"] * 21, "text": ["x"] * 21}).status_code == 422
    assert support.post(at, sent).status_code == 403
    assert state_of_all() == before
    assert client.post(at, {"act": "reset"}).status_code == 302
    assert aftersales.snippets(shop.id) == []
