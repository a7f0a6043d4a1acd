"""Reads of the window, and the link that shows a draft."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.core import signing

from goodfor.window.errors import InvalidBlock
from goodfor.window.models import DRAFT, PUBLISHED
from goodfor.window.models import Block as Row
from goodfor.window.parsing import parse
from goodfor.window.types import Block

#: How long a link to a draft may be used: long enough to look at it on a phone.
PREVIEW_FOR = timedelta(minutes=30)


def published(shop_id: UUID) -> list[Block]:
    """What buyers see, in order, whatever its time; empty when nothing was published."""
    return _read(shop_id, PUBLISHED)


def draft(shop_id: UUID) -> list[Block]:
    """What is being arranged."""
    return _read(shop_id, DRAFT)


def preview_url(shop_id: UUID, origin: str) -> str:
    """An address under `origin` (https://shop.example) that shows the draft for half an hour to whoever has it."""
    token = signing.dumps(shop_id.hex, salt=_salt(shop_id))
    return f"{origin}/?{urlencode({'preview': token})}"


def opens_draft(shop_id: UUID, token: str) -> bool:
    """True for a token of `preview_url` for this shop that is still good."""
    try:
        return bool(signing.loads(token, salt=_salt(shop_id), max_age=PREVIEW_FOR) == shop_id.hex)
    except signing.BadSignature:
        return False


def _salt(shop_id: UUID) -> str:
    return f"window.preview:{shop_id.hex}"


def _read(shop_id: UUID, version: str) -> list[Block]:
    rows = Row.objects.filter(shop_id=shop_id, version=version).order_by("position")
    return list(_blocks(rows))


def _blocks(rows: Iterable[Row]) -> Iterable[Block]:
    for row in rows:
        try:
            content = parse(row.kind, row.settings, row.position)
        except InvalidBlock:
            # Written by a version that knew more: the rest of the page stands.
            continue
        yield Block(content, row.visible_from, row.visible_until)
