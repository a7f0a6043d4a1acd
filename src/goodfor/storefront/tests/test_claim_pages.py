"""Claims and invoices over HTTP, as the guest who holds the order and as everybody else."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from goodfor.aftersales.batch_models import Recall, RecallItem
from goodfor.kernel.clock import utc_now
from goodfor.kernel.ids import uuid7
from goodfor.orders import queries as orders
from goodfor.storefront.tests.test_pages import checkout, make_stale, open_order, text_of
from goodfor.storefront.tests.world import World
from goodfor.storefront.views import claims as claim_views

pytestmark = pytest.mark.django_db(transaction=True)


def claims(world: World, state: str) -> list[tuple[str, str]]:
    order = orders.order_by_number(world.shop_id, world.orders[state][0])
    return [(claim.reason, claim.state) for claim in orders.claims_of_order(world.shop_id, order.id)]


def state_of(world: World, state: str) -> str:
    return orders.order_by_number(world.shop_id, world.orders[state][0]).state


def test_unseen_codes_go_back_in_one_tap(client: Client, world: World) -> None:
    number = open_order(client, world)
    page = text_of(client.get(f"/o/{number}/claim"))
    assert "立即按原路退回" in page
    assert "不想要了" in page
    answer = client.post(f"/o/{number}/claim", {"reason": "changed_mind"})
    assert (answer.status_code, answer["Location"]) == (302, f"/o/{number}#claim")
    assert claims(world, "delivered") == [("changed_mind", "refunded")]
    assert state_of(world, "delivered") == "refunding"
    assert client.get(f"/o/{number}/claim").status_code == 302


def test_some_codes_of_a_line_and_the_amounts_before_and_after(client: Client, world: World) -> None:
    number = open_order(client, world)
    order = orders.order_by_number(world.shop_id, number)
    codes = orders.claim_offer(world.shop_id, order, order.lines[0].line_id).codes
    page = "".join(text_of(client.get(f"/o/{number}/claim")).split())
    for words in ("每张¥97.00", "没看过的3张可退¥291.00", "订单现在可退¥291.00", "退完以后还可退¥0.00"):
        assert words in page, words
    sent = {"reason": "changed_mind", "code": [str(codes[0]), str(codes[2])]}
    assert client.post(f"/o/{number}/claim", sent)["Location"] == f"/o/{number}#claim"
    assert state_of(world, "delivered") == "delivered"
    [claim] = orders.claims_of_order(world.shop_id, order.id)
    assert (claim.state, claim.code_ids, claim.refund and claim.refund.amount_minor) == (
        "refunded", (codes[0], codes[2]), 19400,
    )  # fmt: skip
    shown = "".join(text_of(client.get(f"/o/{number}")).split())
    assert "¥194.00正按原支付方式退回，码已收回" in shown
    # The one code that is left waits until that money has arrived, and the page says so before it is asked.
    again = text_of(client.get(f"/o/{number}/claim"))
    assert "等那笔退款到账后再提交，就能立即退" in again
    assert client.post(f"/o/{number}/claim", {"reason": "not_received"}).status_code == 302
    assert claims(world, "delivered") == [("not_received", "open"), ("changed_mind", "refunded")]
    # Codes that went back are nobody's any more.
    assert client.post(f"/o/{number}/claim", {"reason": "used", "code": str(codes[0])}).status_code == 422


def test_codes_of_another_order_are_not_claimed(client: Client, world: World) -> None:
    other = orders.order_by_number(world.shop_id, world.orders["claimed"][0])
    theirs = orders.claim_offer(world.shop_id, other, other.lines[0].line_id).codes[0]
    number = open_order(client, world)
    assert client.post(f"/o/{number}/claim", {"reason": "changed_mind", "code": str(theirs)}).status_code == 422
    assert claims(world, "delivered") == []
    assert state_of(world, "delivered") == "delivered"


def test_an_old_proof_refunds_nothing(client: Client, world: World) -> None:
    number = open_order(client, world)
    make_stale(client, world)
    assert "验证查单密钥" in text_of(client.get(f"/o/{number}/claim"))
    answer = client.post(f"/o/{number}/claim", {"reason": "changed_mind"})
    assert answer["Location"] == f"/o/{number}/proof"
    assert claims(world, "delivered") == []
    assert state_of(world, "delivered") == "delivered"


def test_a_seen_code_waits_for_an_answer_with_its_clock(client: Client, world: World) -> None:
    number = open_order(client, world, "claimed")
    page = client.get(f"/o/{number}").content.decode()
    assert "给你答复" in page
    assert "data-until" in page
    assert "显示已被使用" in text_of(client.get(f"/o/{number}"))
    again = client.get(f"/o/{number}/claim").content.decode()
    assert 'name="reason"' not in again
    refused = client.post(f"/o/{number}/claim", {"reason": "invalid"})
    assert refused.status_code == 409
    [claim] = orders.open_claims(world.shop_id)
    assert client.post(f"/o/{number}/claim/{claim.id}/withdraw").status_code == 302
    assert claims(world, "claimed") == [("used", "withdrawn")]
    assert client.post(f"/o/{number}/claim/{claim.id}/withdraw").status_code == 404
    sent = client.post(f"/o/{number}/claim", {"reason": "invalid", "text": "<b>平台说不存在</b>"})
    assert sent.status_code == 302
    assert claims(world, "claimed") == [("invalid", "open"), ("used", "withdrawn")]
    assert "平台说" not in client.get(f"/o/{number}").content.decode()


@pytest.mark.parametrize(
    "sent", [{"reason": "greed"}, {}, {"reason": "changed_mind"}, {"reason": "used", "text": "\x00"}]
)
def test_what_is_no_claim_says_so(client: Client, world: World, sent: dict[str, str]) -> None:
    number = open_order(client, world, "claimed")
    [claim] = orders.open_claims(world.shop_id)
    client.post(f"/o/{number}/claim/{claim.id}/withdraw")
    answer = client.post(f"/o/{number}/claim", sent)
    if sent.get("reason") == "used":
        # A NUL is dropped, not refused: the words around it count.
        assert answer.status_code == 302
        return
    assert answer.status_code in (409, 422)
    assert claims(world, "claimed") == [("used", "withdrawn")]


@pytest.mark.parametrize("state", ["placed", "cancelled", "expired", "refunding"])
def test_only_what_was_delivered_has_claims(client: Client, world: World, state: str) -> None:
    number = open_order(client, world, state)
    for answer in (client.get(f"/o/{number}/claim"), client.post(f"/o/{number}/claim", {"reason": "used"})):
        assert (answer.status_code, answer["Location"]) == (302, f"/o/{number}")
    assert claims(world, state) == []


def test_a_stranger_claims_nothing(client: Client, world: World) -> None:
    number, [claim] = world.orders["claimed"][0], orders.open_claims(world.shop_id)
    open_order(client, world)
    for path in (f"/o/{number}/claim", f"/o/{number}/claim/{claim.id}/withdraw"):
        assert client.post(path, {"reason": "used"})["Location"] == "/lookup"
    # Nor does the holder of another order with a claim that is not theirs.
    own = world.orders["delivered"][0]
    assert client.post(f"/o/{own}/claim/{claim.id}/withdraw").status_code == 404
    assert client.post(f"/o/{own}/claim", {"reason": "used", "line": str(claim.line_id)}).status_code == 302
    assert claims(world, "claimed") == [("used", "open")]
    assert claims(world, "delivered") == []


def test_claims_are_counted(client: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim_views, "utc_now", lambda: datetime(2026, 6, 1, 12, 1, tzinfo=UTC))
    number = open_order(client, world, "claimed")
    statuses = [client.post(f"/o/{number}/claim", {"reason": "used"}).status_code for _ in range(7)]
    assert statuses == [409] * 6 + [429]


# -- invoices ---------------------------------------------------------------------------------------


def test_an_invoice_title_goes_with_the_order(client: Client, world: World) -> None:
    sent = {"invoice_title": "星河科技", "invoice_tax": "91310000ma1fl00000", "invoice_email": "bill@corp.example"}
    number = checkout(client, world, **sent)["Location"].split("/")[2]
    order = orders.order_by_number(world.shop_id, number)
    kept = orders.invoice_of_order(world.shop_id, order.id)
    assert kept is not None
    assert (kept.title, kept.tax_number, kept.email) == ("星河科技", "91310000MA1FL00000", "bill@corp.example")
    assert "星河科技" in text_of(client.get(f"/o/{number}"))


@pytest.mark.parametrize(
    "sent",
    [{"invoice_tax": "91310000MA1FL00000"}, {"invoice_title": "a", "invoice_tax": "12"}, {"invoice_title": "x" * 101},
     {"invoice_title": "a", "invoice_email": "no"}],
)  # fmt: skip
def test_a_wrong_title_places_nothing(client: Client, world: World, sent: dict[str, str]) -> None:
    assert checkout(client, world, **sent).status_code == 422
    assert "还没有订单" in text_of(client.get("/orders"))


def test_a_recalled_code_has_its_remedy_ready(client: Client, world: World) -> None:
    number = open_order(client, world)
    words = "这批卡密有问题，已为你准备好换新或退款"
    assert words not in text_of(client.get(f"/o/{number}"))
    order, now = orders.order_by_number(world.shop_id, number), utc_now()
    line_id = order.lines[0].line_id
    codes = orders.claim_offer(world.shop_id, order, line_id).codes
    recall = Recall.objects.create(
        shop_id=world.shop_id, batch_id=uuid7(), started_by="test", at=now, orders=1, codes=len(codes)
    )
    RecallItem.objects.create(
        shop_id=world.shop_id, recall=recall, order_id=order.id, line_id=line_id, code_ids=list(codes),
        state="offered", told_at=now,
    )  # fmt: skip
    page = client.get(f"/o/{number}")
    assert words in text_of(page)
    assert f'name="line" value="{line_id}"' in page.content.decode()
    other = Client()
    assert words not in text_of(other.get(f"/o/{number}"))
    sent = {"reason": "invalid", "line": str(line_id), "code": [str(code) for code in codes]}
    assert client.post(f"/o/{number}/claim", sent).status_code == 302
    assert [reason for reason, _state in claims(world, "delivered")] == ["invalid"]
