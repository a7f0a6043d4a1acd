"""What a caller knows, cut down to what the scene's dictionary names and written for people."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from goodfor.kernel.money import Money
from goodfor.notify.scenes import Scene, variables_of

MAX_TEXT: Final = 2_000
MAX_ITEMS: Final = 200
_SIGNS: Final = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "¥"}


def values_for(
    scene: Scene, context: Mapping[str, Any], *, shop: Mapping[str, str], timezone: str, codes_of: frozenset[UUID]
) -> tuple[dict[str, Any], bool]:
    """(values, whether they hold card codes). What the dictionary does not name is left out, without exception.

    Codes of a line stay only when the line's `sku_id` is in `codes_of`. A `url` that is a path of the shop is made
    whole: in a mailbox it would lead nowhere.
    """
    zone = ZoneInfo(timezone)
    cleared = _without_codes(scene, context, codes_of)
    values = _whole_urls(_project({**cleared, "shop": shop}, variables_of(scene), zone), shop["url"].rstrip("/"))
    holds = any(line.get("codes") for line in values.get("lines", ()) if isinstance(line, dict))
    return values, holds


def _whole_urls(values: dict[str, Any], base: str) -> dict[str, Any]:
    for part in values.values():
        if isinstance(part, dict) and str(part.get("url", "")).startswith("/"):
            part["url"] = f"{base}{part['url']}"
    return values


def _without_codes(scene: Scene, context: Mapping[str, Any], codes_of: frozenset[UUID]) -> dict[str, Any]:
    cleared = dict(context)
    lines = cleared.get("lines")
    if isinstance(lines, list | tuple):
        cleared["lines"] = [
            line if scene.carries_codes and _sku(line) in codes_of else {k: v for k, v in line.items() if k != "codes"}
            for line in lines
            if isinstance(line, Mapping)
        ]
    return cleared


def _sku(line: Mapping[str, Any]) -> UUID | None:
    sku_id = line.get("sku_id")
    return sku_id if isinstance(sku_id, UUID) else None


def _project(value: Any, shape: Any, zone: ZoneInfo) -> Any:
    if isinstance(shape, Mapping):
        known = value if isinstance(value, Mapping) else {}
        return {name: _project(known.get(name), inner, zone) for name, inner in shape.items()}
    if isinstance(shape, list):
        items = value if isinstance(value, list | tuple) else []
        return [_project(item, shape[0], zone) for item in items[:MAX_ITEMS]]
    return written(value, zone)


def written(value: Any, zone: ZoneInfo) -> str:
    """A value as people read it: money with its sign, times to the minute in the shop's zone, texts cut."""
    if value is None:
        return ""
    if isinstance(value, Money):
        return _money(value)
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, str | int | UUID | Decimal):
        return str(value)[:MAX_TEXT]
    return ""


def _money(money: Money) -> str:
    number = f"{Decimal(money.as_decimal_string()):,}"
    sign = _SIGNS.get(money.currency)
    return f"{sign}{number}" if sign else f"{money.currency} {number}"
