"""Blocks: what may be arranged, what stays as it was, who may look at a draft."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core import signing

from goodfor.catalog.operations import add_image
from goodfor.catalog.tests.pictures import encoded, noise
from goodfor.identity.operations import add_staff, change_role, create_user
from goodfor.identity.operations.create_shop import create_shop
from goodfor.kernel.errors import DomainError
from goodfor.window import queries
from goodfor.window.errors import BlockNotFound, InvalidBlock
from goodfor.window.models import Block as Row
from goodfor.window.operations import (
    add_block,
    arrange_blocks,
    change_block,
    move_block,
    order_blocks,
    publish_blocks,
    remove_block,
    restore_published,
)
from goodfor.window.parsing import parse, stored
from goodfor.window.types import KINDS, MAX_BLOCKS, Banner, Block, BlockRequest, Flash, Grid, Preview, Text

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, tzinfo=UTC)
SKU = UUID("0198c0de-0000-7000-8000-000000000000")
GOOD: dict[str, dict[str, object]] = {
    "banner": {"title": "周末宅家", "text": "影音会员低至七折", "href": "/s/宅家"},
    "scene": {"scenes": ["宅家", "出行"]},
    "category": {"slugs": ["games"]},
    "grid": {"title": "大家在买", "limit": 6, "scene": "游戏"},
    "flash": {"title": "限时", "sku_ids": [str(SKU)], "ends_at": "2026-06-02T00:00:00+08:00"},
    "text": {"body": "今天 20:00 后下单明早处理。"},
    "bundle": {"bundle_ids": [str(SKU)], "title": "宅家组合"},
    "coupon": {"campaign_ids": [str(SKU)]},
    "sale": {"campaign_ids": [str(SKU)]},
}


def arrange(shop: UUID, *asked: tuple[str, dict[str, object]], **times: Any) -> None:
    blocks = [BlockRequest(kind, settings, **times) for kind, settings in asked]
    arrange_blocks(shop_id=shop, blocks=blocks, actor="staff:1", now=NOW)


def rows(shop: UUID) -> list[tuple[str, int, str]]:
    return list(
        Row.objects.filter(shop_id=shop).order_by("version", "position").values_list("version", "position", "kind")
    )


def test_every_kind_is_kept_as_it_was_said() -> None:
    shop = uuid4()
    assert set(GOOD) == set(KINDS)
    arrange(shop, *GOOD.items())
    assert queries.published(shop) == []
    assert [block.content for block in queries.draft(shop)] == [parse(kind, value) for kind, value in GOOD.items()]
    assert publish_blocks(shop_id=shop, actor="staff:1", now=NOW) == 9
    assert queries.published(shop) == queries.draft(shop)
    arrange(shop, ("text", {"body": "新"}))
    assert [block.content for block in queries.draft(shop)] == [Text("新")]
    assert len(queries.published(shop)) == 9
    assert queries.published(uuid4()) == []


@pytest.mark.parametrize(
    ("kind", "settings", "field"),
    [
        ("script", {}, "kind"), ("banner", {}, "title"), ("banner", {"title": ""}, "title"),
        ("banner", {"title": "x", "href": "https://evil.example/"}, "href"),
        ("banner", {"title": "x", "href": "//evil.example"}, "href"),
        ("banner", {"title": "x", "href": "/\\evil.example"}, "href"),
        ("banner", {"title": "x", "href": "javascript:alert(1)"}, "href"),
        ("banner", {"title": "x", "href": "/a b"}, "href"), ("banner", {"title": "x", "href": "/a\nb"}, "href"),
        ("banner", {"title": "x", "image": "../../etc/passwd"}, "image"),
        ("banner", {"title": "x", "onclick": "y"}, "onclick"), ("banner", {"title": "x" * 41}, "title"),
        ("banner", {"title": 5}, "title"), ("banner", {"title": "x\x00"}, "title"),
        ("banner", {"title": "\ud800"}, "title"),
        ("scene", {"scenes": []}, "scenes"), ("scene", {"scenes": ["a/b"]}, "scenes"),
        ("scene", {"scenes": "宅家"}, "scenes"),
        ("scene", {"scenes": [str(n) for n in range(13)]}, "scenes"), ("grid", {"title": "x", "limit": 49}, "limit"),
        ("grid", {"title": "x", "limit": True}, "limit"), ("grid", {"title": "x", "category": "a b"}, "category"),
        ("flash", {"title": "x", "sku_ids": ["x"], "ends_at": "2026-06-02T00:00:00+08:00"}, "sku_ids"),
        ("flash", {"title": "x", "sku_ids": [], "ends_at": "2026-06-02T00:00:00+08:00"}, "sku_ids"),
        ("flash", {"title": "x", "sku_ids": [str(SKU)], "ends_at": "2026-06-02T00:00:00"}, "ends_at"),
        ("flash", {"title": "x", "sku_ids": [str(SKU)], "ends_at": "soon"}, "ends_at"),
        ("bundle", {"bundle_ids": []}, "bundle_ids"), ("bundle", {"bundle_ids": ["x"]}, "bundle_ids"),
        ("coupon", {"campaign_ids": [str(UUID(int=n)) for n in range(13)]}, "campaign_ids"),
        ("sale", {}, "campaign_ids"),
        ("flash", {"title": "x", "sku_ids": [str(SKU)]}, "ends_at"), ("text", {"body": "x" * 2001}, "body"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_changes(kind: str, settings: dict[str, object], field: str) -> None:
    shop = uuid4()
    arrange(shop, ("text", {"body": "alt"}))
    before = rows(shop)
    with pytest.raises(InvalidBlock) as caught:
        arrange(shop, ("text", {"body": "neu"}), (kind, settings))
    assert caught.value.data == {"position": 1, "field": field}
    assert rows(shop) == before
    assert [block.content for block in queries.draft(shop)] == [Text("alt")]


def test_times_and_numbers_have_bounds() -> None:
    shop = uuid4()
    with pytest.raises(InvalidBlock):
        arrange(shop, ("text", {"body": "x"}), visible_from=NOW, visible_until=NOW)
    with pytest.raises(InvalidBlock):
        arrange(shop, ("text", {"body": "x"}), visible_from=NOW.replace(tzinfo=None))
    with pytest.raises(InvalidBlock):
        arrange(shop, *[("text", {"body": "x"})] * (MAX_BLOCKS + 1))
    assert rows(shop) == []
    arrange(shop, *[("text", {"body": "x"})] * MAX_BLOCKS)
    assert len(rows(shop)) == MAX_BLOCKS


def test_a_block_is_shown_in_its_time() -> None:
    block = Block(Text("x"), NOW, NOW + timedelta(hours=1))
    assert [block.shown_at(NOW + timedelta(minutes=m)) for m in (-1, 0, 59, 60)] == [False, True, True, False]
    assert Block(Text("x")).shown_at(NOW)


def test_a_picture_must_be_the_shops_own() -> None:
    shop, other = uuid4(), uuid4()
    name = add_image(shop_id=other, raw=encoded(noise(), "PNG"), actor="t", now=NOW)
    with pytest.raises(InvalidBlock):
        arrange(shop, ("banner", {"title": "x", "image": name}))
    add_image(shop_id=shop, raw=encoded(noise(), "PNG"), actor="t", now=NOW)
    with pytest.raises(InvalidBlock):
        arrange(shop, ("banner", {"title": "x", "image": "0" * 40 + ".webp"}))
    arrange(other, ("banner", {"title": "x", "image": name}))
    assert [block.content for block in queries.draft(other)] == [Banner("x", image=name)]
    with pytest.raises(DomainError):
        add_image(shop_id=shop, raw=b"<svg onload=alert(1)>", actor="t", now=NOW)


def test_a_link_to_the_draft_is_short_lived_of_one_shop_and_of_its_staff() -> None:
    shop = create_shop(code="a", name="a", currency="CNY", actor="t", now=NOW).id
    other = create_shop(code="b", name="b", currency="CNY", actor="t", now=NOW).id
    staff = add_staff(shop_id=shop, user_id=create_user(username="ops"), role="operator", actor="t", now=NOW)
    with time_machine.travel(NOW, tick=False):
        url = queries.preview_url(shop, "https://shop.example", staff.id, "https://desk.example")
        [token] = parse_qs(urlsplit(url).query)["preview"]
        assert url.startswith("https://shop.example/?preview=")
        assert queries.opens_draft(shop, token) == Preview(staff.id, "https://desk.example")
        assert queries.opens_draft(other, token) is None
        assert queries.opens_draft(shop, token[:-1]) is None
        assert queries.opens_draft(shop, "") is None
        # Signed with our own key, but by no address of the draft; and of nobody of the staff.
        assert queries.opens_draft(shop, signing.dumps([shop.hex, staff.id.hex, ""])) is None
        nobody = parse_qs(urlsplit(queries.preview_url(shop, "https://shop.example", uuid4())).query)["preview"][0]
        assert queries.opens_draft(shop, nobody) is None
    with time_machine.travel(NOW + timedelta(minutes=31), tick=False):
        assert queries.opens_draft(shop, token) is None
    with time_machine.travel(NOW, tick=False):
        change_role(shop_id=shop, staff_id=staff.id, role="operator", active=False, actor="t", now=NOW)
        assert queries.opens_draft(shop, token) is None


def kinds(shop: UUID) -> list[str]:
    return [block.kind for block in queries.draft_blocks(shop)]


def test_blocks_are_added_moved_changed_and_taken_away() -> None:
    shop = uuid4()
    who: dict[str, Any] = {"shop_id": shop, "actor": "staff:1", "now": NOW}
    first = add_block(block=BlockRequest("text", {"body": "a"}), **who)
    second = add_block(block=BlockRequest("category", {}), **who)
    third = add_block(block=BlockRequest("grid", {"title": "g"}), **who)
    assert kinds(shop) == ["text", "category", "grid"]
    move_block(block_id=third, up=True, **who)
    assert kinds(shop) == ["text", "grid", "category"]
    move_block(block_id=first, up=True, **who)
    move_block(block_id=second, up=False, **who)
    assert kinds(shop) == ["text", "grid", "category"]
    order_blocks(block_ids=[second, first, third], **who)
    assert [block.id for block in queries.draft_blocks(shop)] == [second, first, third]
    change_block(block_id=first, block=BlockRequest("text", {"body": "b"}, visible_from=NOW), **who)
    changed = queries.draft_block(shop, first)
    assert (changed.id, changed.content, changed.visible_from) == (first, Text("b"), NOW)
    remove_block(block_id=second, **who)
    assert kinds(shop) == ["text", "grid"]
    assert queries.published(shop) == []
    assert queries.is_changed(shop)
    publish_blocks(**who)
    assert not queries.is_changed(shop)
    remove_block(block_id=first, **who)
    assert (kinds(shop), queries.is_changed(shop)) == (["grid"], True)
    assert restore_published(**who) == 2
    assert (kinds(shop), queries.is_changed(shop)) == (["text", "grid"], False)
    assert [block.content for block in queries.published(shop)] == [Text("b"), Grid("g")]


def test_another_shops_blocks_are_not_there() -> None:
    shop, other = uuid4(), uuid4()
    block = add_block(shop_id=other, block=BlockRequest("text", {"body": "a"}), actor="t", now=NOW)
    mine = add_block(shop_id=shop, block=BlockRequest("text", {"body": "m"}), actor="t", now=NOW)
    publish_blocks(shop_id=shop, actor="t", now=NOW)
    public = Row.objects.get(shop_id=shop, version="published").id
    before = rows(shop), rows(other)
    who: dict[str, Any] = {"shop_id": shop, "actor": "t", "now": NOW}
    for block_id in (block, public, uuid4()):
        for act in (
            lambda at=block_id: queries.draft_block(shop, at),
            lambda at=block_id: remove_block(block_id=at, **who),
            lambda at=block_id: move_block(block_id=at, up=True, **who),
            lambda at=block_id: change_block(block_id=at, block=BlockRequest("text", {"body": "x"}), **who),
            lambda at=block_id: order_blocks(block_ids=[mine, at], **who),
        ):
            with pytest.raises(BlockNotFound):
                act()
    with pytest.raises(BlockNotFound):
        order_blocks(block_ids=[mine, mine], **who)
    assert (rows(shop), rows(other)) == before


def test_a_wrong_change_changes_nothing_and_a_page_has_an_end() -> None:
    shop = uuid4()
    who: dict[str, Any] = {"shop_id": shop, "actor": "t", "now": NOW}
    arrange(shop, *[("text", {"body": "x"})] * MAX_BLOCKS)
    before = rows(shop)
    with pytest.raises(InvalidBlock):
        add_block(block=BlockRequest("text", {"body": "x"}), **who)
    with pytest.raises(InvalidBlock):
        change_block(
            block_id=queries.draft_blocks(shop)[0].id, block=BlockRequest("banner", {"title": "x", "href": "//evil"}),
            **who,
        )  # fmt: skip
    assert rows(shop) == before


def test_settings_that_are_not_known_any_more_leave_the_rest() -> None:
    shop = uuid4()
    arrange(shop, ("text", {"body": "a"}), ("text", {"body": "b"}))
    Row.objects.filter(shop_id=shop, position=0).update(settings={"of": "old"})
    assert [block.content for block in queries.draft(shop)] == [Text("b")]


def test_what_is_stored_is_read_back() -> None:
    for content in (Flash("x", (SKU,), NOW), Grid("x", slugs=("a",))):
        assert parse(content.kind, stored(content)) == content
