"""Pages beside the first one: their own blocks, online or not, and nobody else's."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.window import queries
from goodfor.window.errors import BlockNotFound, InvalidBlock, PageNotFound, PageOnline, PageSlugTaken
from goodfor.window.models import Block, Page
from goodfor.window.operations import (
    add_block,
    arrange_blocks,
    change_block,
    move_block,
    order_blocks,
    publish_blocks,
    remove_block,
    remove_page,
    restore_published,
    take_offline,
    write_page,
)
from goodfor.window.types import BlockRequest, Text

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def said(shop: UUID, page: UUID | None = None, *, draft: bool = True) -> list[str]:
    read = queries.draft if draft else queries.published
    return [block.content.body for block in read(shop, page) if isinstance(block.content, Text)]


def text(words: str) -> BlockRequest:
    return BlockRequest("text", {"body": words})


def test_each_page_has_blocks_of_its_own() -> None:
    shop = uuid4()
    who: dict[str, Any] = {"shop_id": shop, "actor": "staff:1", "now": NOW}
    page = write_page(page_id=None, slug="home-fun", title="宅家娱乐", **who)
    other = write_page(page_id=None, slug="trip", title="出行", **who)
    arrange_blocks(blocks=[text("first")], **who)
    first = add_block(block=text("a"), page_id=page, **who)
    second = add_block(block=text("b"), page_id=page, **who)
    add_block(block=text("x"), page_id=other, **who)
    assert (said(shop), said(shop, page), said(shop, other)) == (["first"], ["a", "b"], ["x"])
    move_block(block_id=second, up=True, **who)
    change_block(block_id=first, block=text("c"), **who)
    assert said(shop, page) == ["b", "c"]
    order_blocks(block_ids=[first, second], page_id=page, **who)
    with pytest.raises(BlockNotFound):
        order_blocks(block_ids=[first, second], **who)
    assert queries.page_of(shop, first) == page
    assert (queries.is_changed(shop, page), said(shop, page, draft=False)) == (True, [])
    with pytest.raises(PageNotFound):
        queries.page_by_slug(shop, "home-fun")
    assert publish_blocks(page_id=page, **who) == 2
    assert queries.page_by_slug(shop, "home-fun").online
    assert (said(shop, page, draft=False), said(shop, draft=False)) == (["c", "b"], [])
    remove_block(block_id=first, **who)
    assert said(shop, page) == ["b"]
    assert restore_published(page_id=page, **who) == 2
    assert not queries.is_changed(shop, page)
    assert (said(shop), said(shop, other)) == (["first"], ["x"])


def test_a_page_is_renamed_taken_offline_and_removed() -> None:
    shop = uuid4()
    who: dict[str, Any] = {"shop_id": shop, "actor": "staff:1", "now": NOW}
    page = write_page(page_id=None, slug="a", title="一", **who)
    add_block(block=text("a"), page_id=page, **who)
    publish_blocks(page_id=page, **who)
    write_page(page_id=page, slug="b", title="二", summary="说明", **who)
    view = queries.page(shop, page)
    assert (view.slug, view.title, view.summary, view.online) == ("b", "二", "说明", True)
    with pytest.raises(PageOnline):
        remove_page(page_id=page, **who)
    take_offline(page_id=page, **who)
    with pytest.raises(PageNotFound):
        queries.page_by_slug(shop, "b")
    assert queries.page_by_slug(shop, "b", offline=True).id == page
    remove_page(page_id=page, **who)
    assert queries.pages(shop) == []
    assert not Block.objects.filter(shop_id=shop).exists()


def test_what_cannot_be_is_refused_and_nothing_changes() -> None:
    shop, other = uuid4(), uuid4()
    who: dict[str, Any] = {"shop_id": shop, "actor": "staff:1", "now": NOW}
    page = write_page(page_id=None, slug="a", title="一", **who)
    with pytest.raises(PageSlugTaken):
        write_page(page_id=None, slug="a", title="二", **who)
    for slug, title in (("A", "x"), ("", "x"), ("a b", "x"), ("c", " "), ("c", "x" * 41), ("c", "\x00")):
        with pytest.raises(InvalidBlock):
            write_page(page_id=None, slug=slug, title=title, **who)
    foreign: dict[str, Any] = {"shop_id": other, "actor": "t", "now": NOW}
    for act in (
        lambda: write_page(page_id=page, slug="z", title="z", **foreign),
        lambda: take_offline(page_id=page, **foreign),
        lambda: remove_page(page_id=page, **foreign),
        lambda: add_block(block=text("x"), page_id=page, **foreign),
        lambda: arrange_blocks(blocks=[], page_id=page, **foreign),
        lambda: publish_blocks(page_id=page, **foreign),
        lambda: restore_published(page_id=page, **foreign),
        lambda: queries.page(other, page),
    ):
        with pytest.raises(PageNotFound):
            act()
    assert list(Page.objects.filter(shop_id__in=[shop, other]).values_list("slug", "title")) == [("a", "一")]
    assert not Block.objects.filter(shop_id__in=[shop, other]).exists()
