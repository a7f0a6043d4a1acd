"""The first page in the console: arranged without script, looked at by the staff, published, taken back."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from goodfor.catalog.tests.pictures import encoded, noise
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, sql, state_of_all
from goodfor.identity.types import Role
from goodfor.window import queries as window
from goodfor.window.types import Banner, Flash, Grid, Scene, Text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client(shop: Shop) -> Client:
    """Somebody who may arrange the page."""
    return inside(shop.id, Role.OPERATOR)


def add(client: Client, kind: str, **sent: Any) -> Any:
    return client.post(reverse("desk:window-add", args=[kind]), sent)


def kinds(shop: Shop) -> list[str]:
    return [block.kind for block in window.draft_blocks(shop.id)]


def ids(shop: Shop) -> list[UUID]:
    return [block.id for block in window.draft_blocks(shop.id)]


def text_of(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_each_kind_is_made_by_its_form(client: Client, shop: Shop) -> None:
    picture = SimpleUploadedFile("a.png", encoded(noise((64, 32)), "PNG"), "image/png")
    sku = shop.demo.skus["kw-50"]
    assert "草稿里还没有模块" in text_of(client.get(reverse("desk:window")))
    for kind, sent in (
        ("banner", {"title": "周末专场", "text": "七折", "href": "/c", "picture": picture}),
        ("scene", {"scenes": "宅家\n出行"}),
        ("category", {}),
        ("grid", {"title": "大家在买", "limit": "6"}),
        ("flash", {"title": "限时", "sku_ids": [str(sku)], "ends_at": "2026-12-01T20:00"}),
        ("text", {"body": "公告\n第二行", "visible_from": "2026-12-01T08:00"}),
    ):
        assert client.get(reverse("desk:window-add", args=[kind])).status_code == 200
        assert add(client, kind, **sent).status_code == 302, kind
    banner, scene, _category, grid, flash, text = window.draft_blocks(shop.id)
    assert isinstance(banner.content, Banner)
    assert (banner.content.title, bool(banner.content.image)) == ("周末专场", True)
    assert scene.content == Scene(("宅家", "出行"))
    assert grid.content == Grid("大家在买", limit=6)
    assert isinstance(flash.content, Flash)
    # 20:00 in the shop's own zone.
    assert (flash.content.sku_ids, flash.content.ends_at.isoformat()) == ((sku,), "2026-12-01T20:00:00+08:00")
    assert (text.content, text.visible_from and text.visible_from.isoformat()) == (
        Text("公告\r\n第二行" if "\r" in str(text.content) else "公告\n第二行"),
        "2026-12-01T00:00:00+00:00",
    )
    page = text_of(client.get(reverse("desk:window")))
    assert "草稿有改动，未发布" in page
    assert window.published(shop.id) == []
    for block in window.draft_blocks(shop.id):
        assert client.get(reverse("desk:window-block", args=[block.id])).status_code == 200
    # A form sent as it was shown keeps the picture.
    assert (
        client.post(reverse("desk:window-block", args=[banner.id]), {"title": "新标题", "href": "/c"}).status_code
        == 302
    )
    after = window.draft_block(shop.id, banner.id).content
    assert isinstance(after, Banner)
    assert (after.title, after.image) == ("新标题", banner.content.image)
    client.post(reverse("desk:window-block", args=[banner.id]), {"title": "新标题", "without_picture": "1"})
    assert getattr(window.draft_block(shop.id, banner.id).content, "image", "x") == ""


@pytest.mark.parametrize(
    ("kind", "sent", "words"),
    [
        ("banner", {"title": "x", "href": "https://evil.example"}, "只能填本店的地址"),
        ("banner", {"title": "x", "href": "//evil.example"}, "只能填本店的地址"),
        ("banner", {"title": ""}, "必填"),
        ("scene", {"scenes": "a/b"}, "每行一个场景"),
        ("flash", {"title": "x", "ends_at": "2026-12-01T20:00"}, "必填"),
        ("grid", {"title": "x", "limit": "99"}, "48"),
        ("text", {"body": "x", "visible_from": "2026-12-02T00:00", "visible_until": "2026-12-01T00:00"}, "要晚于"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    client: Client, shop: Shop, kind: str, sent: dict[str, str], words: str
) -> None:
    before = state_of_all()
    answer = add(client, kind, **sent)
    assert answer.status_code == 422
    assert words in text_of(answer) or "必" in text_of(answer)
    assert state_of_all() == before


def test_a_picture_that_is_none_is_refused(client: Client, shop: Shop) -> None:
    bad = SimpleUploadedFile("a.png", b"<svg onload=alert(1)>", "image/png")
    assert add(client, "banner", title="x", picture=bad).status_code == 422
    assert kinds(shop) == []
    assert client.get(reverse("desk:window-add", args=["greed"])).status_code == 404


def test_arranged_published_and_taken_back(client: Client, shop: Shop) -> None:
    for body in ("一", "二", "三"):
        add(client, "text", body=body)
    first, second, third = ids(shop)
    client.post(reverse("desk:window-move", args=[third]), {"to": "up"})
    assert ids(shop) == [first, third, second]
    sent = {"order": f"{second},{first},{third}"}
    assert client.post(reverse("desk:window-order"), sent).status_code == 302
    assert ids(shop) == [second, first, third]
    for order in ("", "x", f"{first}", f"{first},{first},{third}"):
        assert client.post(reverse("desk:window-order"), {"order": order}).status_code == 404
    assert ids(shop) == [second, first, third]
    client.post(reverse("desk:window-publish"))
    assert [block.content for block in window.published(shop.id)] == [Text("二"), Text("一"), Text("三")]
    client.post(reverse("desk:window-remove", args=[first]))
    assert len(ids(shop)) == 2
    client.post(reverse("desk:window-restore"))
    assert [block.content for block in window.draft(shop.id)] == [Text("二"), Text("一"), Text("三")]
    acts = [row[0] for row in sql("SELECT action FROM kernel_audit WHERE action LIKE 'window_%%' ORDER BY id")]
    assert acts == [
        *["window_block_added"] * 3, "window_ordered", "window_ordered", "window_published", "window_block_removed",
        "window_draft_restored",
    ]  # fmt: skip


def test_words_of_a_block_stay_words(client: Client, shop: Shop) -> None:
    evil = "<script>alert(1)</script>"
    add(client, "banner", title=evil)
    add(client, "scene", title='"><img src=x onerror=alert(1)>', scenes="宅家")
    for block in ids(shop):
        assert "<script>alert" not in client.get(reverse("desk:window-block", args=[block])).content.decode()
    page = client.get(reverse("desk:window")).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_a_preview_is_framed_by_this_console_alone(client: Client, shop: Shop) -> None:
    add(client, "text", body="还没发布的话")
    page = client.get(reverse("desk:window-preview") + "?width=desktop")
    assert "frame-src http://testserver" in page["Content-Security-Policy"]
    [source] = re.findall(r'<iframe src="([^"]+)"', page.content.decode())
    token = parse_qs(urlsplit(source).query)["preview"][0]
    shown = Client().get("/", {"preview": token})
    assert "还没发布的话" in text_of(shown)
    assert "frame-ancestors http://testserver;" in shown["Content-Security-Policy"]
    assert "X-Frame-Options" not in shown.headers
    assert (shown["Cache-Control"], shown["X-Robots-Tag"]) == ("no-store", "noindex")
    for wrong in (token[:-2], "x", "", token.swapcase()):
        refused = Client().get("/", {"preview": wrong})
        assert refused.status_code == 200
        assert "还没发布的话" not in text_of(refused)
        assert "预览链接已过期或无效" in text_of(refused)
        assert refused["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in refused["Content-Security-Policy"]
    assert "还没发布的话" not in text_of(Client().get("/"))


def test_another_shops_blocks_and_preview(client: Client, shop: Shop, other: Shop) -> None:
    theirs = inside(other.id, Role.OPERATOR)
    add(theirs, "text", body="别家的话")
    [block] = ids(other)
    before = state_of_all()
    for name in ("window-block", "window-move", "window-remove"):
        assert client.post(reverse(f"desk:{name}", args=[block]), {"to": "up", "body": "x"}).status_code == 404
    assert client.post(reverse("desk:window-order"), {"order": str(block)}).status_code == 404
    assert client.get(reverse("desk:window-block", args=[block])).status_code == 404
    assert "别家的话" not in text_of(client.get(reverse("desk:window")))
    assert state_of_all() == before
    # Two shops and no host of their own: no address shows this shop to buyers, and the page says so.
    assert "先在店铺设置里填好店铺的域名" in text_of(client.get(reverse("desk:window-preview")))


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.VIEWER])
def test_who_may_not_arrange_sees_nothing(shop: Shop, role: str) -> None:
    client = inside(shop.id, role)
    before = state_of_all()
    for name in ("window", "window-preview"):
        assert client.get(reverse(f"desk:{name}")).status_code in (302, 403)
    for name in ("window-publish", "window-restore", "window-order"):
        assert client.post(reverse(f"desk:{name}")).status_code in (302, 403)
    assert state_of_all() == before


# -- notes on orders ---------------------------------------------------------------------------------


def test_a_note_on_an_order_is_for_the_staff(shop: Shop) -> None:
    client, number = inside(shop.id, Role.SUPPORT), shop.delivered.number
    where = reverse("desk:order-note", args=[number])
    assert client.post(where, {"note": "买家 <b>打过</b> 电话"}).status_code == 302
    page = client.get(reverse("desk:order", args=[number])).content.decode()
    assert "买家 &lt;b&gt;打过&lt;/b&gt; 电话" in page
    assert sql("SELECT action FROM kernel_audit WHERE action = 'order_noted'") == [("order_noted",)]
    assert not sql("SELECT 1 FROM kernel_audit WHERE data::text LIKE %s", ["%打过%"])
    for text in ("", "x" * 501):
        assert client.post(where, {"note": text}).status_code == 422
    assert inside(shop.id, Role.VIEWER).post(where, {"note": "x"}).status_code == 403
    assert sql("SELECT count(*) FROM orders_note") == [(1,)]


def test_the_last_column_of_the_list_stays_in_sight(shop: Shop) -> None:
    page = inside(shop.id, Role.SUPPORT).get("/console/orders/").content.decode()
    assert page.count('<td class="keep-last">') == 2
    assert 'keep-last">操作' in page
    assert f'/console/orders/{shop.placed.number}/#note"' in page
    assert "keep-last" not in inside(shop.id, Role.VIEWER).get("/console/orders/").content.decode()
