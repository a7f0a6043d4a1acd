"""From plain settings to a block and back. Pure; refuses what it does not know."""

import re
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from goodfor.window.errors import InvalidBlock
from goodfor.window.types import KINDS, Content

_WORD = re.compile(r"[\w-]{1,64}")
_IMAGE = re.compile(r"[0-9a-f]{40}\.webp")
#: An address of this shop: one slash, then no second one (that would be another host), no backslash, no control signs.
_PATH = re.compile(r"/(?![/\\])[^\\\s\x00-\x1f]{0,299}")
_LENGTHS = {"title": 40, "text": 120, "body": 2000}
_MOST = {"scenes": 12, "slugs": 24, "sku_ids": 12, "bundle_ids": 12, "campaign_ids": 12}
_IDS = {"sku_ids", "bundle_ids", "campaign_ids"}
_NEEDED = {
    "banner": ("title",), "grid": ("title",), "flash": ("title", "sku_ids"), "scene": ("scenes",), "text": ("body",),
    "bundle": ("bundle_ids",), "coupon": ("campaign_ids",), "sale": ("campaign_ids",),
}  # fmt: skip


def parse(kind: str, settings: Mapping[str, object], position: int = 0) -> Content:
    """The block that the settings describe. Raises InvalidBlock with `position` and `field`."""
    made = KINDS.get(kind)
    if made is None:
        raise InvalidBlock(position=position, field="kind")
    known = {field.name: field for field in fields(made)}
    for name in settings:
        if name not in known:
            raise InvalidBlock(position=position, field=str(name)[:40])
    values: dict[str, Any] = {}
    for name, value in settings.items():
        try:
            values[name] = _value(name, value)
        except (ValueError, TypeError):
            raise InvalidBlock(position=position, field=name) from None
    try:
        content = made(**values)
    except TypeError:
        missing = next((name for name in known if name not in values), "kind")
        raise InvalidBlock(position=position, field=missing) from None
    _check_whole(content, position)
    return content


def stored(content: Content) -> dict[str, object]:
    """The settings as JSON holds them; `parse` reads them back."""
    return {name: _plain(value) for name, value in asdict(content).items()}


def _value(name: str, value: object) -> object:
    if name in _MOST:
        if not isinstance(value, list | tuple) or len(value) > _MOST[name]:
            raise ValueError(name)
        unique = tuple(dict.fromkeys(str(item) for item in value))
        return tuple(UUID(item) for item in unique) if name in _IDS else tuple(_word(item) for item in unique)
    if name == "limit":
        if type(value) is not int or not 1 <= value <= 48:
            raise ValueError(name)
        return value
    if name == "ends_at":
        return _moment(value)
    if not isinstance(value, str):
        raise TypeError(name)
    text = value.strip()
    if name in ("category", "scene"):
        return _word(text) if text else ""
    if name == "image" and text and not _IMAGE.fullmatch(text):
        raise ValueError(name)
    if name == "href" and text and not _PATH.fullmatch(text):
        raise ValueError(name)
    if len(text) > _LENGTHS.get(name, 300) or "\x00" in text:
        raise ValueError(name)
    text.encode()
    return text


def _word(text: str) -> str:
    if not _WORD.fullmatch(text):
        raise ValueError(text)
    return text


def _moment(value: object) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        raise ValueError("a moment has a zone")
    return moment


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _check_whole(content: Content, position: int) -> None:
    """What a block cannot do without."""
    for name in _NEEDED.get(content.kind, ()):
        if not getattr(content, name):
            raise InvalidBlock(position=position, field=name)
