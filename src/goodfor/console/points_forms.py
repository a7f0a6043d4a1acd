"""Terms of points and tiers as their forms show them, and what was typed as terms and tiers. Nothing is judged here."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _

from goodfor.console.money_fields import minor_of, percent, plain, points_of, text_of, whole_of
from goodfor.console.views.code_forms import uuid_of
from goodfor.kernel.errors import InvalidInput
from goodfor.loyalty.types import SPENT, Terms, Tier, TierSet

ROWS: Final = 12
#: Empty rows below the tiers that there are.
SPARE: Final = 2
#: Fields of a tier, in the form `name_0` for the first.
FIELDS: Final = (
    "name", "qualify", "keep", "points_bp", "monthly_points", "birthday_points", "words", "anniversary_points",
    "claim_hours", "extra_picks",
)  # fmt: skip
#: A batch of coupons that is ticked for a tier: `coupons_0_` and its id.
COUPONS: Final = "coupons"
_MOST: Final = 10**12
_WHOLE: Final[Mapping[str, tuple[int, int]]] = {
    "pending_codes_days": (0, 365), "pending_top_ups_days": (0, 365), "live_months": (0, 120), "grace_days": (1, 365),
    "day_most": (0, 10**9),
}  # fmt: skip


def terms_typed(sent: Mapping[str, str], currency: str) -> Terms:
    """The terms that were typed. Raises InvalidInput with the field."""
    return Terms(
        on="on" in sent,
        # A hundred points are worth as many minor units as one point is worth hundredths of one.
        value_centi=minor_of(sent, "value_centi", currency),
        redeem_bp=points_of(sent, "redeem_bp"),
        meet_bp=points_of(sent, "meet_bp"),
        earn_centi=hundredths_of(sent, "earn_centi", 1000),
        growth_centi=hundredths_of(sent, "growth_centi", 1000),
        debt="debt" in sent,
        transferable="transferable" in sent,
        checkin=_days_of(sent),
        **{name: whole_of(sent, name, least, most) for name, (least, most) in _WHOLE.items()},
    )


def terms_shown(terms: Terms, currency: str) -> dict[str, Any]:
    """Terms as their form shows them: texts by the names of its fields, whether for what is ticked."""
    return {
        "on": terms.on, "value_centi": plain(terms.value_centi, currency), "redeem_bp": percent(terms.redeem_bp),
        "meet_bp": percent(terms.meet_bp),
        "earn_centi": percent(terms.earn_centi), "growth_centi": percent(terms.growth_centi), "debt": terms.debt,
        "transferable": terms.transferable, "checkin": " ".join(str(units) for units in terms.checkin),
        **{name: str(getattr(terms, name)) for name in _WHOLE},
    }  # fmt: skip


def _days_of(sent: Mapping[str, str]) -> tuple[int, ...]:
    """Points for days in a row, with blanks or commas between."""
    parts = text_of(sent, "checkin", 200).replace(",", " ").replace("，", " ").split()
    if not all(part.isascii() and part.isdigit() and len(part) < 7 for part in parts):
        raise InvalidInput(_("请填用空格隔开的整数，如 1 2 3"), field="checkin")
    return tuple(int(part) for part in parts)


def tiers_typed(sent: Mapping[str, str], currency: str) -> tuple[TierSet, list[int]]:
    """The tiers that were typed, and in which row of the form each stands; empty rows are no tiers.

    Raises InvalidInput with the field as the form names it.
    """
    metric = text_of(sent, "metric", 12)
    rows = [n for n in range(ROWS) if any(text_of(sent, f"{name}_{n}") for name in FIELDS)]
    tiers = [_tier(sent, n, metric, currency) for n in rows]
    found = TierSet(
        tuple(tiers), metric, text_of(sent, "window", 12), whole_of(sent, "valid_days", 1, 3660),
        whole_of(sent, "grace_days", 0, 365),
    )  # fmt: skip
    return found, rows


def _tier(sent: Mapping[str, str], n: int, metric: str, currency: str) -> Tier:
    def amount(name: str) -> int:
        return minor_of(sent, name, currency) if metric == SPENT else whole_of(sent, name, 0, _MOST)

    qualify = amount(f"qualify_{n}")
    times = text_of(sent, f"points_bp_{n}")
    return Tier(
        name=text_of(sent, f"name_{n}", 40),
        qualify=qualify,
        # What reaches a tier keeps it, where nothing else is said.
        keep=amount(f"keep_{n}") if text_of(sent, f"keep_{n}") else qualify,
        points_bp=hundredths_of(sent, f"points_bp_{n}", 10) * 100 if times else Tier("").points_bp,
        monthly_points=whole_of(sent, f"monthly_points_{n}", 0, 10**7),
        birthday_points=whole_of(sent, f"birthday_points_{n}", 0, 10**7),
        words=text_of(sent, f"words_{n}", 400),
        anniversary_points=whole_of(sent, f"anniversary_points_{n}", 0, 10**7),
        claim_hours=whole_of(sent, f"claim_hours_{n}", 0, 720),
        extra_picks=whole_of(sent, f"extra_picks_{n}", 0, 50),
        coupons=_ticked(sent, n),
    )


def _ticked(sent: Mapping[str, Any], n: int) -> tuple[str, ...]:
    """The batches that are ticked for a tier, by id."""
    mark = f"{COUPONS}_{n}_"
    found = (uuid_of(name.removeprefix(mark)) for name in sent if name.startswith(mark))
    return tuple(sorted(str(one) for one in found if one is not None))


def tiers_shown(tiers: TierSet, currency: str) -> dict[str, str]:
    """Tiers as their form shows them."""
    found = {
        "metric": tiers.metric, "window": tiers.window, "valid_days": str(tiers.valid_days),
        "grace_days": str(tiers.grace_days),
    }  # fmt: skip

    def amount(value: int) -> str:
        return plain(value, currency) if tiers.metric == SPENT else str(value)

    for n, tier in enumerate(tiers.tiers):
        shown = (
            tier.name, amount(tier.qualify), amount(tier.keep), percent(tier.points_bp, 10_000),
            str(tier.monthly_points or ""), str(tier.birthday_points or ""), tier.words,
            str(tier.anniversary_points or ""), str(tier.claim_hours or ""), str(tier.extra_picks or ""),
        )  # fmt: skip
        found |= {f"{COUPONS}_{n}_{one}": "on" for one in tier.coupons}
        found |= {f"{name}_{n}": text for name, text in zip(FIELDS, shown, strict=True)}
    return found


def tier_rows(
    typed: Mapping[str, Any], errors: Mapping[str, str], batches: Mapping[str, str]
) -> list[dict[str, Any]]:  # fmt: skip
    """The form's rows: those with something in them and two more, each with its fields and what is wrong with them.

    `batches`: of coupons that can be ticked, by id what they are called.
    """
    used = [n for n in range(ROWS) if any(typed.get(f"{name}_{n}") for name in FIELDS)]
    last = max(used, default=0) + 1
    return [
        {
            "n": n,
            "number": n + 1,
            **{name: typed.get(f"{name}_{n}", "") for name in FIELDS},
            "wrong": {name: errors.get(f"{name}_{n}", "") for name in (*FIELDS, COUPONS)},
            "batches": [
                (f"{COUPONS}_{n}_{one}", batches.get(one) or _("已结束的券"), f"{COUPONS}_{n}_{one}" in typed)
                for one in dict.fromkeys([*batches, *_ticked(typed, n)])
            ],
        }
        for n in range(min(ROWS, last + SPARE))
    ]


def in_form(field: str, rows: list[int]) -> str:
    """What the room calls `tiers.2.keep`, as the form calls it, where it has such a field."""
    parts = field.split(".")
    if len(parts) == 3 and parts[0] == "tiers" and parts[1].isdigit() and int(parts[1]) < len(rows):
        return f"{parts[2]}_{rows[int(parts[1])]}"
    return field


def hundredths_of(sent: Mapping[str, str], name: str, most: int) -> int:
    """Hundredths of a number of at least 0 with at most two decimals; nothing typed is 0."""
    try:
        parts = Decimal(text_of(sent, name, 12) or "0") * 100
        if parts.is_finite() and parts == parts.to_integral_value() and 0 <= parts <= most * 100:
            return int(parts)
    except InvalidOperation:
        pass
    raise InvalidInput(_("请填 0 到 %(most)s 的数，最多两位小数") % {"most": most}, field=name)


def signed_of(sent: Mapping[str, str], name: str, most: int) -> int:
    """A whole number with a sign, not 0."""
    text = text_of(sent, name, 12).replace(",", "").replace("−", "-").removeprefix("+")
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or not 1 <= int(digits) <= most:
        raise InvalidInput(_("请填正数或负数，最多 %(most)s") % {"most": f"{most:,}"}, field=name)
    return int(text)
