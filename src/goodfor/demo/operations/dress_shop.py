"""Make a demo shop look like one: pictures of its goods and an arranged first page; and take the page away again."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from goodfor.catalog import operations as catalog
from goodfor.catalog import queries as catalog_reads
from goodfor.demo.drawings import banner, drawing
from goodfor.demo.models import Mark
from goodfor.demo.types import FLASH, OFFERS, SCENES
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.window import operations as window
from goodfor.window import queries as window_reads
from goodfor.window.types import Block, BlockRequest

HOME = "home:page"
#: How long the strip of the first page runs.
FLASH_FOR = timedelta(days=3)
#: By these titles the page is known for the demo's own.
BANNER, STRIP, GRID, WORDS = "买到的，一定有用", "限时好价", "大家常买", "怎么买"


def dress_shop(*, shop_id: UUID, actor: str, now: datetime) -> None:
    """All pictures and the first page of a shop that was filled with all of the demo's goods."""
    for offer in OFFERS:
        give_picture(shop_id=shop_id, slug=offer.slug, actor=actor, now=now)
    if may_arrange(shop_id):
        arrange_home(shop_id=shop_id, actor=actor, now=now)


def give_picture(*, shop_id: UUID, slug: str, actor: str, now: datetime) -> None:
    """Give a demo product its picture, unless somebody gave it one; again it changes nothing."""
    product_id = Mark.objects.get(shop_id=shop_id, key=f"product:{slug}").subject_id
    assert product_id is not None
    if not catalog_reads.get_product(shop_id, product_id).image_url:
        catalog.add_product_image(shop_id=shop_id, product_id=product_id, raw=drawing(slug), actor=actor, now=now)
    Mark.objects.get_or_create(shop_id=shop_id, key=f"picture:{slug}", defaults={"subject_id": product_id})


def may_arrange(shop_id: UUID) -> bool:
    """True where nobody has arranged anything: a page of the operator's own is left alone."""
    return not window_reads.published(shop_id) and not window_reads.draft(shop_id)


def arrange_home(*, shop_id: UUID, actor: str, now: datetime) -> None:
    """Arrange and publish the demo's first page."""
    image = catalog.add_image(shop_id=shop_id, raw=banner(), actor=actor, now=now)
    with transaction.atomic():
        advisory_xact_lock(("demo", shop_id))
        if not may_arrange(shop_id):
            return
        window.arrange_blocks(shop_id=shop_id, blocks=_blocks(shop_id, image, now), actor=actor, now=now)
        window.publish_blocks(shop_id=shop_id, actor=actor, now=now)
        Mark.objects.update_or_create(shop_id=shop_id, key=HOME, defaults={"subject_id": shop_id, "live": True})


def clear_home(*, shop_id: UUID, actor: str, now: datetime) -> None:
    """Take the demo's first page away where it is still as it was made."""
    if all(_titles(blocks) == _made() for blocks in (window_reads.published(shop_id), window_reads.draft(shop_id))):
        window.arrange_blocks(shop_id=shop_id, blocks=[], actor=actor, now=now)
        window.publish_blocks(shop_id=shop_id, actor=actor, now=now)


def _made() -> list[str]:
    return [BANNER, "", STRIP, GRID, WORDS]


def _titles(blocks: list[Block]) -> list[str]:
    return [block.content.title for block in blocks]


def _blocks(shop_id: UUID, image: str, now: datetime) -> list[BlockRequest]:
    marks = Mark.objects.filter(shop_id=shop_id, key__in=[f"sku:{code}" for code in FLASH])
    skus = {mark.key.partition(":")[2]: str(mark.subject_id) for mark in marks}
    strip: dict[str, object] = {
        "title": STRIP,
        "sku_ids": [skus[code] for code in FLASH],
        "ends_at": (now + FLASH_FOR).isoformat(),
    }
    words = "选好面值，付款，卡密马上出现在订单页。\n用不了？在订单页点「用不了」告诉我们，进度随时可查。"
    return [
        BlockRequest(
            "banner",
            {"title": BANNER, "text": "码加密保存；到时限发不出，自动原路退款", "href": "/trust", "image": image},
        ),
        BlockRequest("scene", {"scenes": list(SCENES)}),
        BlockRequest("flash", strip),
        BlockRequest("grid", {"title": GRID, "limit": 12}),
        BlockRequest("text", {"title": WORDS, "body": words}),
    ]
