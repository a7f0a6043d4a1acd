"""Claims and invoices over HTTP, as the guest who holds the order, as its account, and as everybody else."""

import io
import json
import re
import zipfile
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from goodfor.aftersales import pictures as limits
from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.batch_models import Recall, RecallItem
from goodfor.aftersales.operations.ask_buyer import ask_buyer
from goodfor.aftersales.operations.grant import grant
from goodfor.aftersales.operations.set_policy import set_policy
from goodfor.aftersales.operations.write_reply import write_reply
from goodfor.aftersales.picture_models import Picture
from goodfor.catalog.tests.pictures import encoded, exif, noise
from goodfor.kernel.clock import utc_now
from goodfor.kernel.ids import uuid7
from goodfor.orders import queries as orders
from goodfor.orders.types import ClaimView
from goodfor.storefront.tests.account_flow import Mailbox, browser, prove, sign_in
from goodfor.storefront.tests.test_account_idor import snapshot
from goodfor.storefront.tests.test_account_pages import buy, pay
from goodfor.storefront.tests.test_pages import checkout, make_stale, open_order, text_of
from goodfor.storefront.tests.world import World
from goodfor.storefront.views import claims as claim_views

pytestmark = pytest.mark.django_db(transaction=True)


def claims(world: World, state: str) -> list[tuple[str, str]]:
    return [(claim.reason, claim.state) for claim in claims_on(world, state)]


def claims_on(world: World, state: str) -> list[ClaimView]:
    order = orders.order_by_number(world.shop_id, world.orders[state][0])
    return orders.claims_of_order(world.shop_id, order.id)


def state_of(world: World, state: str) -> str:
    return orders.order_by_number(world.shop_id, world.orders[state][0]).state


def everybody_gets(world: World, then: str, why: str) -> None:
    """A decision table of one row."""
    rows = [{"name": "all", "when": {}, "then": then, "why": why, "proven": False}]
    set_policy(shop_id=world.shop_id, rules=rows, actor="test", now=utc_now())


def reveal_all(client: Client, number: str) -> None:
    page = client.get(f"/o/{number}").content.decode()
    client.post(f"/o/{number}/reveal", {"code": re.findall(r'data-code="([0-9a-f-]{36})"', page)})


def claim(client: Client, number: str, reason: str = "invalid", **sent: Any) -> str:
    """The address of the claim's page."""
    answer = client.post(f"/o/{number}/claim", {"reason": reason, **sent})
    assert answer.status_code == 302, text_of(answer)
    assert re.fullmatch(rf"/o/{number}/claim/[0-9a-f-]{{36}}", answer["Location"]), answer["Location"]
    return str(answer["Location"])


def id_of(path: str) -> UUID:
    return UUID(path.rsplit("/", 1)[1])


def together(answer: Any) -> str:
    return "".join(text_of(answer).split())


def recalled(world: World, number: str, codes: list[str]) -> None:
    """A recall offers something for these codes of an order."""
    order, now = orders.order_by_number(world.shop_id, number), utc_now()
    recall = Recall.objects.create(
        id=uuid4(), shop_id=world.shop_id, batch_id=uuid4(), started_by="test", at=now, orders=1, codes=len(codes)
    )
    RecallItem.objects.create(
        shop_id=world.shop_id, recall=recall, order_id=order.id, line_id=order.lines[0].line_id,
        code_ids=[UUID(code) for code in codes], state="offered", told_at=now,
    )  # fmt: skip


def picture(name: str = "p.png", raw: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, encoded(noise(), "PNG") if raw is None else raw, content_type="image/png")


# -- one tap ------------------------------------------------------------------------------------------


def test_unseen_codes_go_back_in_one_tap_and_the_same_page_says_so(client: Client, world: World) -> None:
    number = open_order(client, world)
    page = text_of(client.get(f"/o/{number}/claim"))
    assert "立即按原路退回" in page
    assert "不想要了" in page
    path = claim(client, number, "changed_mind")
    assert claims(world, "delivered") == [("changed_mind", "refunded")]
    assert state_of(world, "delivered") == "refunding"
    shown = together(client.get(path))
    for words in (
        "已同意退款",
        "没有人看过",
        "退款金额¥291.00",
        "渠道受理进行中",
        "决定退款",
        "自动处理",
        "按原支付方式",
    ):
        assert words in shown, words
    assert client.get(f"/o/{number}/claim").status_code == 302
    # The order page shows it, too, with the way to it.
    assert path in client.get(f"/o/{number}").content.decode()


def test_some_codes_of_a_line_and_the_amounts_before_and_after(client: Client, world: World) -> None:
    number = open_order(client, world)
    order = orders.order_by_number(world.shop_id, number)
    codes = orders.claim_offer(world.shop_id, order, order.lines[0].line_id).codes
    page = together(client.get(f"/o/{number}/claim"))
    for words in ("每张¥97.00", "没看过的3张可退¥291.00", "订单现在可退¥291.00", "退完以后还可退¥0.00"):
        assert words in page, words
    path = claim(client, number, "changed_mind", code=[str(codes[0]), str(codes[2])])
    assert state_of(world, "delivered") == "delivered"
    [made] = claims_on(world, "delivered")
    assert (made.state, made.code_ids, made.refund and made.refund.amount_minor) == (
        "refunded", (codes[0], codes[2]), 19400,
    )  # fmt: skip
    assert "¥194.00正按原支付方式退回" in together(client.get(f"/o/{number}"))
    assert "退款金额¥194.00" in together(client.get(path))
    # The one code that is left waits until that money has arrived, and the page says so before it is asked.
    assert "等那笔退款到账后再提交，就能立即退" in text_of(client.get(f"/o/{number}/claim"))
    # Codes that went back are nobody's any more.
    assert client.post(f"/o/{number}/claim", {"reason": "used", "code": str(codes[0])}).status_code == 422


def test_codes_of_another_order_are_not_claimed(client: Client, world: World) -> None:
    other = orders.order_by_number(world.shop_id, world.orders["claimed"][0])
    [theirs, *_more] = claims_on(world, "claimed")[0].code_ids
    number = open_order(client, world)
    before = snapshot()
    assert client.post(f"/o/{number}/claim", {"reason": "changed_mind", "code": str(theirs)}).status_code == 422
    sent = {"reason": "used", "line": str(other.lines[0].line_id)}
    assert client.post(f"/o/{number}/claim", sent)["Location"] == f"/o/{number}"
    assert snapshot() == before


def test_an_old_proof_refunds_nothing(client: Client, world: World) -> None:
    number = open_order(client, world)
    make_stale(client, world)
    assert "验证查单密钥" in text_of(client.get(f"/o/{number}/claim"))
    answer = client.post(f"/o/{number}/claim", {"reason": "changed_mind"})
    assert answer["Location"] == f"/o/{number}/proof"
    assert claims(world, "delivered") == []
    assert state_of(world, "delivered") == "delivered"


def test_a_seen_code_is_replaced_and_the_new_one_is_there(client: Client, world: World) -> None:
    number = open_order(client, world)
    reveal_all(client, number)
    everybody_gets(world, "replace", "bad_replaced")
    path = claim(client, number, "used")
    assert claims(world, "delivered") == [("used", "replaced")]
    shown = together(client.get(path))
    for words in ("新码已到手", "去看新码", "供货方确认这张卡密不能用", "旧码停用"):
        assert words in shown, words
    page = client.get(f"/o/{number}").content.decode()
    assert len(re.findall(r'data-code="([0-9a-f-]{36})"', page)) == 3
    assert "已换新码" in page


def test_from_a_code_in_the_wallet_to_its_claim(client: Client, world: World) -> None:
    number = open_order(client, world)
    reveal_all(client, number)
    page = client.get(f"/o/{number}").content.decode()
    codes = re.findall(r'data-code="([0-9a-f-]{36})"', page)
    make_stale(client, world)
    page = client.get(f"/o/{number}").content.decode()
    assert f'href="/o/{number}/claim?code={codes[1]}"' in page
    form = client.get(f"/o/{number}/claim?code={codes[1]}").content.decode()
    assert re.findall(r'value="([0-9a-f-]{36})" checked', form) == [codes[1]]
    # A code of nobody's here, or nonsense, leads to the order's first line or back, and never fails.
    assert client.get(f"/o/{number}/claim?code={uuid4()}").status_code == 200
    assert client.get(f"/o/{number}/claim?code=x&line=y").status_code == 302


def test_the_rest_of_a_line_beside_an_open_claim(client: Client, world: World) -> None:
    number = open_order(client, world)
    reveal_all(client, number)
    everybody_gets(world, "person", "check_person")
    page = client.get(f"/o/{number}").content.decode()
    codes = re.findall(r'data-code="([0-9a-f-]{36})"', page)
    claim(client, number, "invalid", code=codes[0])
    form = client.get(f"/o/{number}/claim").content.decode()
    assert "其余的也有问题" in form
    assert re.findall(r'name="code" value="([0-9a-f-]{36})" checked', form) == codes[1:]
    claim(client, number, "used", code=codes[1])
    form = client.get(f"/o/{number}/claim").content.decode()
    assert re.findall(r'type="hidden" name="code" value="([0-9a-f-]{36})"', form) == [codes[2]]
    assert client.post(f"/o/{number}/claim", {"reason": "used", "code": codes[0]}).status_code == 409
    claim(client, number, "used", code=codes[2])
    form = client.get(f"/o/{number}/claim").content.decode()
    assert 'name="reason"' not in form
    assert sorted(claims(world, "delivered")) == [("invalid", "open"), ("used", "open"), ("used", "open")]


@pytest.mark.parametrize("sent", [{"reason": "greed"}, {}, {"reason": "top_up_missing"}, {"reason": "invalid\x00"}])
def test_what_is_no_claim_says_so(client: Client, world: World, sent: dict[str, str]) -> None:
    number = open_order(client, world)
    reveal_all(client, number)
    answer = client.post(f"/o/{number}/claim", sent)
    if sent.get("reason", "").startswith("invalid"):
        # A NUL is dropped, not refused.
        assert answer.status_code == 302
        return
    assert answer.status_code == 422
    assert claims(world, "delivered") == []


@pytest.mark.parametrize("state", ["placed", "cancelled", "expired", "refunding"])
def test_only_what_was_delivered_has_claims(client: Client, world: World, state: str) -> None:
    number = open_order(client, world, state)
    for answer in (client.get(f"/o/{number}/claim"), client.post(f"/o/{number}/claim", {"reason": "used"})):
        assert (answer.status_code, answer["Location"]) == (302, f"/o/{number}")
    assert claims(world, state) == []


def test_claims_are_counted(client: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim_views, "utc_now", lambda: datetime(2026, 6, 1, 12, 1, tzinfo=UTC))
    number = open_order(client, world, "claimed")
    statuses = [client.post(f"/o/{number}/claim", {"reason": "used"}).status_code for _ in range(7)]
    assert statuses == [409] * 6 + [429]


# -- how far it is ------------------------------------------------------------------------------------


def test_who_is_asked_and_until_when(client: Client, world: World) -> None:
    number = open_order(client, world)
    reveal_all(client, number)
    everybody_gets(world, "person", "check_person")
    sent = {"text": "<b>平台说不存在</b>"}
    path = claim(client, number, **sent)
    page = client.get(path).content.decode()
    assert "前答复你" in page
    assert "data-until" in page
    assert "正由人处理" in page
    assert "需要人来核对" in page
    assert f'data-poll="{path}/state"' in page
    assert client.get(f"{path}/state").json() == {"state": "open.person"}
    assert "前答复你" in client.get(f"/o/{number}").content.decode()
    again = client.get(f"/o/{number}/claim").content.decode()
    assert 'name="reason"' not in again
    assert client.post(f"/o/{number}/claim", {"reason": "invalid"}).status_code == 409
    assert client.post(f"{path}/withdraw").status_code == 302
    assert claims(world, "delivered") == [("invalid", "withdrawn")]
    shown = text_of(client.get(path))
    assert "你已撤回这次申请" in shown
    assert client.post(f"{path}/withdraw").status_code in (404, 409)
    assert claims(world, "delivered") == [("invalid", "withdrawn")]


def test_a_claim_from_before_the_promises_can_be_looked_at_and_withdrawn(client: Client, world: World) -> None:
    number = open_order(client, world, "claimed")
    [old] = claims_on(world, "claimed")
    path = f"/o/{number}/claim/{old.id}"
    page = client.get(path).content.decode()
    assert "前答复你" in page
    assert "显示已被使用" in page
    assert 'name="rating"' not in page
    assert client.post(f"{path}/withdraw").status_code == 302
    assert claims(world, "claimed") == [("used", "withdrawn")]
    for part in ("write", "objection", "rating"):
        assert client.post(f"{path}/{part}", {"text": "x", "rating": "5"}).status_code in (302, 404, 409), part
    assert claims(world, "claimed") == [("used", "withdrawn")]


def test_no_with_its_reason_and_one_objection(client: Client, world: World) -> None:
    number = open_order(client, world)
    reveal_all(client, number)
    everybody_gets(world, "reject", "still_valid")
    path = claim(client, number)
    page = text_of(client.get(path))
    assert "这次没有通过" in page
    assert "供货方确认这张卡密有效且没有使用" in page
    assert "申诉一次" in page
    assert client.post(f"{path}/objection", {"text": "  "}).status_code == 422
    everybody_gets(world, "person", "second_look")
    assert client.post(f"{path}/objection", {"text": "<i>真的不行</i>"}).status_code == 302
    assert claims(world, "delivered") == [("invalid", "open")]
    shown = client.get(path).content.decode()
    assert "&lt;i&gt;真的不行&lt;/i&gt;" in shown
    assert "前答复你" in shown
    assert "申诉一次" not in shown
    before = snapshot()
    assert client.post(f"{path}/objection", {"text": "noch einmal"}).status_code == 409
    assert snapshot() == before


def test_the_thread_and_a_question_that_stops_the_clock(client: Client, world: World) -> None:
    number = open_order(client, world)
    reveal_all(client, number)
    everybody_gets(world, "person", "check_person")
    path = claim(client, number)
    mine = id_of(path)
    common = {"shop_id": world.shop_id, "case_id": mine, "actor": "staff:kim", "now": utc_now()}
    assert client.post(f"{path}/write", {"text": "在安卓上试的"})["Location"] == f"{path}#thread"
    write_reply(**common, text="收到，正在查")
    page = text_of(client.get(path))
    assert "在安卓上试的" in page
    assert "收到，正在查" in page
    assert "staff:kim" not in page
    ask_buyer(**common, why="need_picture", note="截图要看到时间")
    asked = client.get(path).content.decode()
    assert "等你补充" in asked
    assert "data-until" not in asked
    assert "data-poll" not in asked
    assert "去补充" in client.get(f"/o/{number}").content.decode()
    assert client.post(f"{path}/write", {"text": "", "picture": picture()}).status_code == 302
    assert "data-until" in client.get(path).content.decode()
    assert len(aftersales.pictures_of(world.shop_id, mine)) == 1
    assert client.post(f"{path}/write", {"text": ""}).status_code == 422
    assert client.post(f"{path}/write", {"text": "x" * 5000}).status_code == 302
    assert max(len(reply.text) for reply in aftersales.replies(world.shop_id, mine)) == 500


def test_a_rating_once_after_the_end(client: Client, world: World) -> None:
    number = open_order(client, world)
    reveal_all(client, number)
    everybody_gets(world, "person", "check_person")
    path = claim(client, number)
    assert 'name="rating"' not in client.get(path).content.decode()
    assert client.post(f"{path}/rating", {"rating": "5"}).status_code == 409
    client.post(f"{path}/withdraw")
    everybody_gets(world, "replace", "bad_replaced")
    path = claim(client, number)
    assert client.get(path).content.decode().count('name="rating"') == 5
    for wrong in ("", "0", "6", "1e0", "x"):
        assert client.post(f"{path}/rating", {"rating": wrong}).status_code == 302
    assert 'name="rating"' in client.get(path).content.decode()
    assert client.post(f"{path}/rating", {"rating": "4"}).status_code == 302
    assert "你打了 4 分" in text_of(client.get(path))
    assert client.post(f"{path}/rating", {"rating": "1"}).status_code == 409
    assert "你打了 4 分" in text_of(client.get(path))


# -- pictures -----------------------------------------------------------------------------------------


def test_pictures_come_with_a_claim_and_only_their_owner_sees_them(client: Client, world: World) -> None:
    number = open_order(client, world)
    reveal_all(client, number)
    everybody_gets(world, "person", "check_person")
    raw = encoded(noise((300, 200)), "JPEG", exif=exif(6)) + b"SECRETTAIL"
    path = claim(client, number, picture=[picture(), picture("x.php", raw)])
    kept = aftersales.pictures_of(world.shop_id, id_of(path))
    assert [(one.position, one.width, one.height) for one in kept] == [(1, 120, 80), (2, 200, 300)]
    address = f"{path}/picture/{kept[1].id}"
    assert address in client.get(path).content.decode()
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, "image/webp", "no-store")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"SECRET" not in answer.content
    assert Image.open(io.BytesIO(answer.content)).size == (200, 300)
    assert client.get(f"{path}/picture/{uuid4()}").status_code == 404
    # One's own order, and another one's picture.
    other = Client()
    theirs = open_order(other, world, "claimed")
    old = claims_on(world, "claimed")[0].id
    for tried in (
        address,
        f"/o/{theirs}/claim/{old}/picture/{kept[1].id}",
        f"/o/{theirs}/claim/{id_of(path)}/picture/{kept[1].id}",
    ):
        assert other.get(tried).status_code in (302, 404), tried
        assert b"WEBP" not in other.get(tried).content
    assert Client().get(address)["Location"] == "/lookup"
    # A picture may show a code: it needs what a code needs.
    make_stale(client, world)
    assert client.get(address)["Location"] == f"/o/{number}/proof"
    assert address not in client.get(path).content.decode()


@pytest.mark.parametrize(
    ("files", "status"),
    [([b"x"], 422), ([b"GIF89a"], 422), ([encoded(noise(), "PNG")] * 4, 422),
     ([b"\xff" * (limits.MOST_BYTES + 1)], 422), ([b""], 302)],
    ids=["junk", "gif", "four", "huge", "empty"],
)  # fmt: skip
def test_pictures_that_are_refused_open_no_claim(client: Client, world: World, files: list[bytes], status: int) -> None:
    number = open_order(client, world)
    reveal_all(client, number)
    everybody_gets(world, "person", "check_person")
    sent = {"reason": "invalid", "picture": [picture(raw=raw) for raw in files]}
    answer = client.post(f"/o/{number}/claim", sent)
    assert answer.status_code == status
    assert len(claims(world, "delivered")) == (status == 302)
    assert not Picture.objects.filter(shop_id=world.shop_id).exists()


def test_three_pictures_in_all(client: Client, world: World) -> None:
    number = open_order(client, world)
    reveal_all(client, number)
    everybody_gets(world, "person", "check_person")
    path = claim(client, number, picture=[picture(), picture()])
    before = snapshot()
    assert client.post(f"{path}/write", {"text": "noch zwei", "picture": [picture(), picture()]}).status_code == 422
    assert {**snapshot(), "storefront_attempt": ""} == {**before, "storefront_attempt": ""}
    assert client.post(f"{path}/write", {"text": "", "picture": [picture()]}).status_code == 302
    page = client.get(path).content.decode()
    assert page.count("/picture/") == 6
    assert 'type="file"' not in page


def test_a_request_that_is_too_large_is_not_read(client: Client, world: World) -> None:
    number = open_order(client, world)
    for path, size in ((f"/o/{number}/reveal", 1_048_577), (f"/o/{number}/claim", claim_views.WITH_PICTURES + 1)):
        answer = client.generic(
            "POST", path, b"", CONTENT_LENGTH=str(size), content_type="multipart/form-data; boundary=x"
        )
        assert answer.status_code == 413, path
        assert "发送的内容太大" in text_of(answer)
    assert claims(world, "delivered") == []


# -- whose it is --------------------------------------------------------------------------------------


def test_a_stranger_claims_nothing(client: Client, world: World) -> None:
    number, [old] = world.orders["claimed"][0], claims_on(world, "claimed")
    open_order(client, world)
    own = world.orders["delivered"][0]
    reveal_all(client, own)
    everybody_gets(world, "person", "check_person")
    mine = claim(client, own)
    before = snapshot()
    sent = {"reason": "used", "text": "x", "rating": "5"}
    for part in ("", "/withdraw", "/write", "/objection", "/rating"):
        path = f"/o/{number}/claim/{old.id}{part}" if part else f"/o/{number}/claim"
        assert client.post(path, sent)["Location"] == "/lookup", part
        if part:
            # Nor does the holder of another order with a claim that is not theirs.
            assert client.post(f"/o/{own}/claim/{old.id}{part}", sent).status_code == 404, part
    assert client.get(f"/o/{number}/claim/{old.id}")["Location"].startswith("/lookup?")
    assert client.get(f"/o/{own}/claim/{old.id}").status_code == 404
    assert client.get(f"/o/{own}/claim/{old.id}/state").status_code == 404
    assert client.get(f"/o/{number}/claim/{old.id}/state").json() == {"state": "unknown"}
    assert client.post(f"/o/{number}/grants")["Location"] == "/lookup"
    for part in ("", "/withdraw", "/write", "/objection", "/rating"):
        assert Client().post(f"{mine}{part}", sent).status_code in (302, 405), part
    assert snapshot() == before


def test_a_link_in_a_message_leads_to_its_claim(world: World) -> None:
    number, secret = world.orders["claimed"]
    [old] = claims_on(world, "claimed")
    for go, path in (("claim", f"/o/{number}/claim"), (str(old.id), f"/o/{number}/claim/{old.id}")):
        client = Client()
        asked = client.get(path)
        assert asked["Location"] == f"/lookup?number={number}&go={go}"
        form = client.get(asked["Location"]).content.decode()
        assert f'value="{number}"' in form
        assert f'name="go" value="{go}"' in form
        assert client.post("/lookup", {"number": number, "secret": "x" * 20, "go": go}).status_code == 404
        done = client.post("/lookup", {"number": number, "secret": secret, "go": go})
        assert (done.status_code, done["Location"]) == (302, path)
    for go in ("//evil.example", "/console/", "claim/../.."):
        done = Client().post("/lookup", {"number": number, "secret": secret, "go": go})
        assert done["Location"] == f"/o/{number}", go


# -- accounts -----------------------------------------------------------------------------------------


def test_what_is_owed_is_taken_into_the_account(world: World, box: Mailbox) -> None:
    number, secret = world.orders["delivered"]
    order = orders.order_by_number(world.shop_id, number)
    grant(
        shop_id=world.shop_id, case_id=None, order_id=order.id, line_id=None, kind="late_delivery", amount_minor=500,
        currency="CNY", way="wallet", reason="x", now=utc_now(),
    )  # fmt: skip
    owner, stranger = browser(), browser()
    assert owner.get(f"/o/{number}", {"k": secret}).status_code == 302
    guest = owner.get(f"/o/{number}").content.decode()
    assert "¥" in guest
    assert "登录领取" in guest
    assert f"/o/{number}/grants" not in guest
    assert owner.post(f"/o/{number}/grants")["Location"] == "/me/claim"
    sign_in(owner, box)
    assert "归入我的账号再领取" in owner.get(f"/o/{number}").content.decode()
    assert owner.post(f"/o/{number}/grants")["Location"] == "/me/claim"
    sign_in(stranger, box, "stranger@example.com")
    assert stranger.post(f"/o/{number}/grants")["Location"] == "/lookup"
    [owed] = aftersales.grants_of_order(world.shop_id, order.id)
    assert owed.state == "owed"
    assert owner.post("/me/claim", {"order": str(order.id)}).status_code == 302
    assert f"/o/{number}/grants" in owner.get(f"/o/{number}").content.decode()
    for _time in range(2):
        assert owner.post(f"/o/{number}/grants")["Location"] == f"/o/{number}"
    [paid] = aftersales.grants_of_order(world.shop_id, order.id)
    assert paid.state == "paid"
    assert "存入本店余额" in text_of(owner.get(f"/o/{number}"))


def test_claims_are_taken_along(world: World, box: Mailbox) -> None:
    owner = browser()
    sign_in(owner, box)
    number = buy(owner, world)
    pay(world, number)
    prove(owner, box)
    reveal_all(owner, number)
    everybody_gets(world, "reject", "still_valid")
    path = claim(owner, number, text="平台说不存在", picture=[picture()])
    packed = zipfile.ZipFile(io.BytesIO(owner.post("/me/data/export").content))
    [order] = json.loads(packed.read("data.json"))["orders"]
    [kept] = order["claims"]
    assert (kept["reason"], kept["state"], kept["text"]) == ("invalid", "rejected", "平台说不存在")
    assert [one["why"] for one in kept["decisions"]] == ["still_valid"]
    assert kept["pictures"] == [f"{number}-{id_of(path).hex[-8:]}-1.webp"]
    content = packed.read(f"pictures/{kept['pictures'][0]}")
    [view] = aftersales.pictures_of(world.shop_id, id_of(path))
    assert content == aftersales.picture_content(world.shop_id, id_of(path), view.id)
    assert "平台说不存在" in packed.read("data.html").decode()
    assert path in owner.get("/me/messages").content.decode()


def test_a_recall_is_answered_in_one_tap(client: Client, world: World) -> None:
    number = open_order(client, world)
    reveal_all(client, number)
    codes = re.findall(r'data-code="([0-9a-f-]{36})"', client.get(f"/o/{number}").content.decode())
    recalled(world, number, codes[:2])
    page = client.get(f"/o/{number}").content.decode()
    assert "先不要用" in page
    form = page[page.index("先不要用") : page.index("退款或换新</button>")]
    assert re.findall(r'name="code" value="([0-9a-f-]{36})"', form) == codes[:2]
    everybody_gets(world, "replace", "batch_replaced")
    claim(client, number, "invalid", code=codes[:2])
    assert claims(world, "delivered") == [("invalid", "replaced")]
    assert "先不要用" not in client.get(f"/o/{number}").content.decode()


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
    words = "先不要用：这批码有问题"
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
