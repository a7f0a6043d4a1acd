"""Pages beside the first one: made, named, taken offline, removed."""

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.window.errors import InvalidBlock, PageNotFound, PageOnline, PageSlugTaken
from goodfor.window.models import Block, Page

_SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")


@transaction.atomic
def write_page(
    *, shop_id: UUID, page_id: UUID | None, slug: str, title: str, summary: str = "", actor: str, now: datetime
) -> UUID:
    """A new page (`page_id` None), or another name for one; its id.

    Raises InvalidBlock, PageSlugTaken, PageNotFound.
    """
    title, summary = _text(title, 40, "title"), _text(summary, 150, "text")
    if not title:
        raise InvalidBlock(field="title")
    if not _SLUG.fullmatch(slug):
        raise InvalidBlock(field="slug")
    advisory_xact_lock(("window", shop_id))
    row = Page(id=uuid7(), shop_id=shop_id) if page_id is None else _page(shop_id, page_id)
    row.slug, row.title, row.summary, row.changed_at = slug, title, summary, now
    try:
        with transaction.atomic():
            row.save(force_insert=page_id is None)
    except IntegrityError:
        raise PageSlugTaken(slug=slug) from None
    _note(row, "window_page_written", actor, now)
    return row.id


@transaction.atomic
def take_offline(*, shop_id: UUID, page_id: UUID, actor: str, now: datetime) -> None:
    """Buyers see it no more; what was published stays, to be published again. Raises PageNotFound."""
    advisory_xact_lock(("window", shop_id))
    row = _page(shop_id, page_id)
    Page.objects.filter(shop_id=shop_id, id=page_id).update(online=False, changed_at=now)
    _note(row, "window_page_offline", actor, now)


@transaction.atomic
def remove_page(*, shop_id: UUID, page_id: UUID, actor: str, now: datetime) -> None:
    """With all its blocks. Raises PageNotFound, PageOnline."""
    advisory_xact_lock(("window", shop_id))
    row = _page(shop_id, page_id)
    if row.online:
        raise PageOnline
    Block.objects.filter(shop_id=shop_id, page=page_id).delete()
    Page.objects.filter(shop_id=shop_id, id=page_id).delete()
    _note(row, "window_page_removed", actor, now)


def _page(shop_id: UUID, page_id: UUID) -> Page:
    row = Page.objects.filter(shop_id=shop_id, id=page_id).first()
    if row is None:
        raise PageNotFound
    return row


def _text(text: str, most: int, field: str) -> str:
    if "\x00" in text or len(text.strip()) > most:
        raise InvalidBlock(field=field)
    return text.strip()


def _note(row: Page, action: str, actor: str, now: datetime) -> None:
    audit.record(
        shop_id=row.shop_id,
        actor=actor,
        action=action,
        subject=("window.page", row.id),
        data={"slug": row.slug},
        now=now,
    )
