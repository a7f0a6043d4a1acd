"""What pages of the books are asked for in their address: days, and whose lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from goodfor.console.desk.sku_names import sku_names
from goodfor.console.types import Visitor
from goodfor.kernel.errors import InvalidInput
from goodfor.supply import queries as supply

#: The longest time that is looked at day by day.
LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class Told:
    """Whose lines alone, in words, and what of the address says so."""

    words: str = ""
    kept: Mapping[str, str] = field(default_factory=dict)


def day_of(text: str) -> date | None:
    """A day, or None for nothing. Raises InvalidInput for what is none."""
    if not text.strip():
        return None
    try:
        found = parse_date(text.strip()[:10])
    except ValueError:
        found = None
    if found is None or not 2000 <= found.year <= 2999:
        raise InvalidInput(_("请选择日期"))
    return found


def span_of(params: Mapping[str, str]) -> tuple[date, date] | None:
    """`from` and `until`, None where neither is named; one alone is one day. Raises InvalidInput."""
    first, last = day_of(params.get("from", "")), day_of(params.get("until", ""))
    if first is None and last is None:
        return None
    since, until = first or last, last or first
    assert since is not None
    assert until is not None
    if not 0 <= (until - since).days < LONGEST:
        raise InvalidInput(_("开始的日子要在结束之前，最多 400 天"))
    return since, until


def month_of(text: str) -> date | None:
    """The first day of `2026-01`. Raises InvalidInput."""
    return day_of(f"{text.strip()}-01") if text.strip() else None


def of_dimension(visitor: Visitor, params: Mapping[str, str]) -> tuple[dict[str, Any], Told]:
    """`sku`, `supplier` or `channel`: only lines of that one. Raises InvalidInput."""
    shop_id = visitor.shop.id
    if params.get("sku"):
        sku_id = _uuid(params["sku"])
        return {"sku_id": sku_id}, Told(sku_names(shop_id, [sku_id]).get(sku_id, ""), {"sku": str(sku_id)})
    if params.get("supplier"):
        wanted = _uuid(params["supplier"])
        name = next((one.name for one in supply.suppliers(shop_id) if one.id == wanted), "")
        return {"supplier_id": wanted}, Told(name, {"supplier": str(wanted)})
    if params.get("channel"):
        channel = params["channel"][:48]
        return {"channel": channel}, Told(channel, {"channel": channel})
    return {}, Told()


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInput from None
