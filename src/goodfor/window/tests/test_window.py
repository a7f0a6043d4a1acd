"""Blocks: what may be arranged, what stays as it was, who may look at a draft."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine

from goodfor.catalog.operations import add_image
from goodfor.catalog.tests.pictures import encoded, noise
from goodfor.kernel.errors import DomainError
from goodfor.window import queries
from goodfor.window.errors import InvalidBlock
from goodfor.window.models import Block as Row
from goodfor.window.operations import arrange_blocks, publish_blocks
from goodfor.window.parsing import parse, stored
from goodfor.window.types import KINDS, MAX_BLOCKS, Banner, Block, BlockRequest, Flash, Grid, Text

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
    assert publish_blocks(shop_id=shop, actor="staff:1", now=NOW) == 6
    assert queries.published(shop) == queries.draft(shop)
    arrange(shop, ("text", {"body": "新"}))
    assert [block.content for block in queries.draft(shop)] == [Text("新")]
    assert len(queries.published(shop)) == 6
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


def test_a_link_to_the_draft_is_short_lived_and_of_one_shop() -> None:
    shop, other = uuid4(), uuid4()
    with time_machine.travel(NOW, tick=False):
        url = queries.preview_url(shop, "https://shop.example")
        token = url.partition("preview=")[2].replace("%3A", ":")
        assert url.startswith("https://shop.example/?preview=")
        assert queries.opens_draft(shop, token)
        assert not queries.opens_draft(other, token)
        assert not queries.opens_draft(shop, token[:-1])
        assert not queries.opens_draft(shop, "")
    with time_machine.travel(NOW + timedelta(minutes=31), tick=False):
        assert not queries.opens_draft(shop, token)


def test_settings_that_are_not_known_any_more_leave_the_rest() -> None:
    shop = uuid4()
    arrange(shop, ("text", {"body": "a"}), ("text", {"body": "b"}))
    Row.objects.filter(shop_id=shop, position=0).update(settings={"of": "old"})
    assert [block.content for block in queries.draft(shop)] == [Text("b")]


def test_what_is_stored_is_read_back() -> None:
    for content in (Flash("x", (SKU,), NOW), Grid("x", slugs=("a",))):
        assert parse(content.kind, stored(content)) == content
