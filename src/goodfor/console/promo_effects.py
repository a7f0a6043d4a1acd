"""From the fields of a campaign's form to its effect, limits and settings. Raises InvalidInput with the field."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from goodfor.console import promo_fields as asked
from goodfor.console.money_fields import minor_of, optional_minor, points_of, text_of, whole_of
from goodfor.console.points_forms import hundredths_of
from goodfor.kernel.errors import InvalidInput
from goodfor.promotions.types import (
    USUAL_BP,
    BundlePrice,
    Effect,
    ExtraPoints,
    FullPercent,
    FullReduce,
    Gift,
    Limit,
    Nth,
    Tier,
    UnitPercent,
    UnitPrice,
)

_WHOLE_ORDER: Final = 1


def effect_of(kind: str, sent: Mapping[str, Any], currency: str) -> Effect:
    """What it gives."""
    if kind in asked.BY_SKU:
        return _by_sku(sent, currency)
    if kind in ("limited_percent", "member_price"):
        return UnitPercent(_percent(sent, "bp"))
    if kind == "bundle":
        own = optional_minor(sent, "price", currency)
        return BundlePrice(own) if own is not None else BundlePrice(None, _percent(sent, "less"))
    if kind == "nth":
        return Nth(sent["n"] or 2, points_of(sent, "bp"), sent["across"])
    if kind == "points":
        times = hundredths_of(sent, "times", 10) * 100 if text_of(sent, "times") else USUAL_BP
        threshold = _threshold(sent, "threshold", currency, False)
        return ExtraPoints(max(times, USUAL_BP), sent["plus"] or 0, threshold)
    if kind == "gift":
        return Gift(
            UUID(sent["gift"] or str(UUID(int=0))), sent["gift_pieces"] or 1,
            _threshold(sent, "threshold", currency, sent["by_pieces"]), sent["by_pieces"], sent["every"],
            sent["most_pieces"],
        )  # fmt: skip
    if kind == "coupon":
        threshold = _threshold(sent, "threshold_0", currency, False)
        if sent["coupon_kind"] == asked.PERCENT:
            tier = Tier(threshold, _percent(sent, "value_0"))
            return FullPercent((tier,), most=optional_minor(sent, "most", currency))
        return FullReduce((Tier(threshold, minor_of(sent, "value_0", currency)),))
    tiers = _tiers(kind, sent, currency)
    most = optional_minor(sent, "most", currency)
    if kind == "full_percent":
        return FullPercent(tiers, sent["pieces"], most)
    return FullReduce(tiers, sent["pieces"], sent["every"], most)


def limits_of(kind: str, sent: Mapping[str, Any], currency: str, loss: int | None) -> tuple[Limit, ...]:
    """What is limited, in the order of the form."""
    budget = optional_minor(sent, "budget", currency)
    said = (
        ("campaign", "minor", "all", budget),
        ("campaign", "uses", "all", sent["uses"]),
        ("buyer", "uses", "all", sent["buyer_uses"]),
        ("buyer", "uses", "day", sent["buyer_day"]),
        ("buyer", "units", "all", sent.get("buyer_units")),
        ("sku", "units", "all", max(_stock(sent).values(), default=None) if kind == "flash" else None),
        ("campaign", "loss", "all", loss),
    )
    return tuple(Limit(entity, counts, period, most) for entity, counts, period, most in said if most is not None)


def settings_of(kind: str, sent: Mapping[str, Any]) -> dict[str, object]:
    """What arithmetic does not know."""
    if kind == "bundle":
        return {"bundle": sent["bundle"]}
    if kind == "flash":
        stock = _stock(sent)
        return {"units_by_sku": stock} if stock else {}
    if kind == "group":
        return {
            "size": sent["size"] or 3, "hours": sent["group_hours"] or 24, "each": sent["each"] or 1,
            "wechat": sent["wechat"],
        }  # fmt: skip
    if kind == "bargain":
        return {
            "helpers": sent["helpers"] or 5, "hours": sent["group_hours"] or 24, "help_most": sent["help_most"] or 3,
            "wechat": sent["wechat"],
        }  # fmt: skip
    return {}


def _by_sku(sent: Mapping[str, Any], currency: str) -> UnitPrice:
    prices: dict[UUID, int] = {}
    for n in range(asked.ROWS):
        if not sent[f"sku_{n}"]:
            continue
        sku_id = UUID(sent[f"sku_{n}"])
        if sku_id in prices:
            raise InvalidInput(_("同一个规格只填一行"), field=f"sku_{n}")
        prices[sku_id] = minor_of(sent, f"price_{n}", currency)
        if prices[sku_id] < 1:
            raise InvalidInput(_("请填活动价"), field=f"price_{n}")
    if not prices:
        raise InvalidInput(_("至少选一个规格"), field="sku_0")
    return UnitPrice(max(prices.values()), prices)


def _stock(sent: Mapping[str, Any]) -> dict[str, int]:
    """Pieces by SKU; all rows have some, or none."""
    rows = [n for n in range(asked.ROWS) if sent[f"sku_{n}"]]
    given = {str(UUID(sent[f"sku_{n}"])): sent[f"stock_{n}"] for n in rows if sent[f"stock_{n}"]}
    if given and len(given) != len(rows):
        missing = next(n for n in rows if not sent[f"stock_{n}"])
        raise InvalidInput(_("每个规格都填放几件，或者都不填"), field=f"stock_{missing}")
    return given


def _tiers(kind: str, sent: Mapping[str, Any], currency: str) -> tuple[Tier, ...]:
    found = []
    for n in range(asked.TIERS):
        if not text_of(sent, f"threshold_{n}") and not text_of(sent, f"value_{n}"):
            continue
        threshold = _threshold(sent, f"threshold_{n}", currency, sent["pieces"])
        value = _percent(sent, f"value_{n}") if kind == "full_percent" else minor_of(sent, f"value_{n}", currency)
        found.append(Tier(threshold, value))
    if not found:
        raise InvalidInput(_("至少填一档"), field="threshold_0")
    return tuple(found)


def _threshold(sent: Mapping[str, Any], name: str, currency: str, pieces: bool) -> int:
    """Of fen, or of pieces; nothing typed is the least there is."""
    if pieces:
        return whole_of(sent, name, 1, 10_000)
    return max(minor_of(sent, name, currency), _WHOLE_ORDER)


def _percent(sent: Mapping[str, Any], name: str) -> int:
    """What is paid, or less, in ten thousandths; below the whole."""
    points = points_of(sent, name)
    if not text_of(sent, name) or points >= 10_000:
        raise InvalidInput(_("请填 0 到 99.99 的百分比"), field=name)
    return points
