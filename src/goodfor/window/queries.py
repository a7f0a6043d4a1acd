"""Reads of the window, and the link that shows a draft."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.core import signing

from goodfor.identity import queries as identity
from goodfor.window.errors import BlockNotFound, InvalidBlock, PageNotFound
from goodfor.window.models import DRAFT, PUBLISHED, Page
from goodfor.window.models import Block as Row
from goodfor.window.parsing import parse
from goodfor.window.types import Block, DraftBlock, PageView, Preview

#: How long a link to a draft may be used: long enough to look at it on a phone.
PREVIEW_FOR = timedelta(minutes=30)


def published(shop_id: UUID, page_id: UUID | None = None) -> list[Block]:
    """What buyers see, in order, whatever its time; empty when nothing was published."""
    return _read(shop_id, PUBLISHED, page_id)


def draft(shop_id: UUID, page_id: UUID | None = None) -> list[Block]:
    """What is being arranged."""
    return _read(shop_id, DRAFT, page_id)


def draft_blocks(shop_id: UUID, page_id: UUID | None = None) -> list[DraftBlock]:
    """The draft to be arranged, with ids."""
    rows = Row.objects.filter(shop_id=shop_id, page=page_id, version=DRAFT).order_by("position")
    return [_draft_block(row) for row in rows]


def draft_block(shop_id: UUID, block_id: UUID) -> DraftBlock:
    """One block of the draft. Raises BlockNotFound, the same for another shop's and for a published one."""
    row = Row.objects.filter(shop_id=shop_id, version=DRAFT, id=block_id).first()
    if row is None:
        raise BlockNotFound
    return _draft_block(row)


def page_of(shop_id: UUID, block_id: UUID) -> UUID | None:
    """The page that a block of the draft is on; None: the first page, or no such block."""
    row = Row.objects.filter(shop_id=shop_id, version=DRAFT, id=block_id).first()
    return row.page_id if row else None


def pages(shop_id: UUID) -> list[PageView]:
    """All pages beside the first one, the last changed first."""
    return [_page(row) for row in Page.objects.filter(shop_id=shop_id).order_by("-changed_at", "id")]


def page(shop_id: UUID, page_id: UUID) -> PageView:
    """A page, online or not. Raises PageNotFound."""
    row = Page.objects.filter(shop_id=shop_id, id=page_id).first()
    if row is None:
        raise PageNotFound
    return _page(row)


def page_by_slug(shop_id: UUID, slug: str, *, offline: bool = False) -> PageView:
    """A page by its address; those that are not online only for whoever may see drafts. Raises PageNotFound."""
    row = Page.objects.filter(shop_id=shop_id, slug=slug.replace("\x00", "")).first()
    if row is None or not (row.online or offline):
        raise PageNotFound
    return _page(row)


def is_changed(shop_id: UUID, page_id: UUID | None = None) -> bool:
    """True while the draft is not what buyers see."""
    return _compared(shop_id, DRAFT, page_id) != _compared(shop_id, PUBLISHED, page_id)


def preview_url(shop_id: UUID, origin: str, staff_id: UUID, framed_by: str = "", path: str = "/") -> str:
    """An address under `origin` (https://shop.example) that shows somebody of the staff the draft for half an hour.

    `framed_by` is the console's own origin, which may show it in a frame. `path`: of which page.
    """
    token = signing.dumps([shop_id.hex, staff_id.hex, framed_by], salt=_salt(shop_id))
    return f"{origin}{path}?{urlencode({'preview': token})}"


def opens_draft(shop_id: UUID, token: str) -> Preview | None:
    """What a token of `preview_url` for this shop opens; None when it is forged or late, or its person was let go."""
    try:
        shop, staff, framed_by = signing.loads(token, salt=_salt(shop_id), max_age=PREVIEW_FOR)
        preview = Preview(UUID(staff), str(framed_by))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    works_here = any(one.id == preview.staff_id and one.active for one in identity.staff_of_shop(shop_id))
    return preview if shop == shop_id.hex and works_here else None


def _salt(shop_id: UUID) -> str:
    return f"window.preview:{shop_id.hex}"


def _page(row: Page) -> PageView:
    return PageView(row.id, row.slug, row.title, row.summary, row.online, row.changed_at)


def _read(shop_id: UUID, version: str, page_id: UUID | None) -> list[Block]:
    rows = Row.objects.filter(shop_id=shop_id, page=page_id, version=version).order_by("position")
    return list(_blocks(rows))


def _blocks(rows: Iterable[Row]) -> Iterable[Block]:
    for row in rows:
        try:
            content = parse(row.kind, row.settings, row.position)
        except InvalidBlock:
            # Written by a version that knew more: the rest of the page stands.
            continue
        yield Block(content, row.visible_from, row.visible_until)


def _draft_block(row: Row) -> DraftBlock:
    read = next(iter(_blocks([row])), None)
    return DraftBlock(row.id, row.kind, read.content if read else None, row.visible_from, row.visible_until)


def _compared(shop_id: UUID, version: str, page_id: UUID | None) -> list[tuple[object, ...]]:
    rows = Row.objects.filter(shop_id=shop_id, page=page_id, version=version).order_by("position")
    return list(rows.values_list("kind", "settings", "visible_from", "visible_until"))
