"""Forms of the mall: a reward, and a draw with its prizes as rows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from goodfor.console import mall_words as words
from goodfor.console.desk.sku_names import sku_choices
from goodfor.console.money_fields import minor_of, plain, text_of, whole_of
from goodfor.console.promo_fields import MOMENT
from goodfor.console.promo_times import moment_of
from goodfor.console.views.code_forms import uuid_of
from goodfor.loyalty import queries as loyalty
from goodfor.mall import states
from goodfor.mall.types import DrawView, DrawWish, PrizeWish, RewardView, RewardWish

#: Rows for prizes, and empty ones below those that there are.
ROWS: Final = 20
SPARE: Final = 3
PARTS: Final = ("name", "kind", "weight", "stock", "units", "sku")
#: What a room calls a field, and what the form does.
NAMED: Final[Mapping[str, str]] = {
    "sku_id": "sku", "cash_minor": "cash", "least_rank": "rank",
}  # fmt: skip
#: What a new draw begins with: something for everybody who wins nothing.
SUGGESTED: Final[Mapping[str, str]] = {
    "name_2": "谢谢参与", "kind_2": states.NOTHING, "weight_2": "80", "consolation": "2",
}  # fmt: skip
_MOST: Final = 10**9


def tier_choices(shop_id: UUID) -> list[tuple[str, Any]]:
    """Everybody, and the tiers above the lowest."""
    tiers = loyalty.tiers_of(shop_id)
    above = list(enumerate(tiers.tiers))[1:] if tiers else []
    return [("0", _("所有会员")), *((str(rank), _("%(name)s 及以上") % {"name": one.name}) for rank, one in above)]


def _moment(label: Any, *, required: bool) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)
    return forms.DateTimeField(label=label, required=required, widget=widget)


class RewardForm(forms.Form):
    """A reward; moments are of the shop's zone."""

    sku = forms.ChoiceField(label=_("商品规格"))
    points = forms.IntegerField(label=_("需要积分"), min_value=1, max_value=_MOST)
    cash = forms.CharField(
        label=_("另付金额"), required=False, max_length=20, help_text=_("只用积分的不填；要低于商品价格")
    )
    stock = forms.IntegerField(
        label=_("一共几件"), required=False, min_value=1, max_value=10**6, help_text=_("不填就看商品有没有货")
    )
    most = forms.IntegerField(
        label=_("每人限兑"), required=False, min_value=1, max_value=10**6, help_text=_("不填不限")
    )
    period = forms.ChoiceField(
        label=_("限兑怎么算"), choices=list(words.PERIODS.items()), help_text=_("改了以后重新计数")
    )
    rank = forms.ChoiceField(label=_("谁能兑"))
    exclusive = forms.BooleanField(label=_("只给能兑的会员看"), required=False)
    starts_at = _moment(_("开始时间"), required=False)
    ends_at = _moment(_("结束时间"), required=False)
    position = forms.IntegerField(label=_("排序"), required=False, min_value=0, max_value=10**6, initial=0)
    words = forms.CharField(label=_("一句说明"), required=False, max_length=200)

    def __init__(self, *args: Any, shop_id: UUID, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["sku"].choices = sku_choices(shop_id)  # type: ignore[attr-defined]
        self.fields["rank"].choices = tier_choices(shop_id)  # type: ignore[attr-defined]

    def wish(self, currency: str, zone: str) -> RewardWish:
        """What was typed, after `is_valid`. Raises InvalidInput."""
        sent = self.cleaned_data
        return RewardWish(
            UUID(sent["sku"]), sent["points"], minor_of({"cash": sent["cash"]}, "cash", currency), sent["stock"],
            sent["most"], sent["period"], int(sent["rank"]), sent["exclusive"], _at(sent["starts_at"], zone),
            _at(sent["ends_at"], zone), sent["position"] or 0, sent["words"],
        )  # fmt: skip


def reward_initial(view: RewardView, zone: str) -> dict[str, Any]:
    """A reward as its form shows it."""
    wish = view.wish
    return {
        "sku": str(wish.sku_id), "points": wish.points, "stock": wish.stock, "most": wish.most, "period": wish.period,
        "cash": plain(wish.cash_minor, view.currency) if wish.cash_minor else "", "rank": str(wish.least_rank),
        "exclusive": wish.exclusive, "starts_at": _here(wish.starts_at, zone), "ends_at": _here(wish.ends_at, zone),
        "position": wish.position, "words": wish.words,
    }  # fmt: skip


class DrawForm(forms.Form):
    """A draw without its prizes; moments are of the shop's zone."""

    name = forms.CharField(label=_("名称"), max_length=60)
    words = forms.CharField(label=_("一句说明"), required=False, max_length=300)
    cost = forms.IntegerField(label=_("每次要多少积分"), min_value=1, max_value=_MOST)
    per_day = forms.IntegerField(label=_("每人每天几次"), min_value=1, max_value=100, initial=1)
    rank = forms.ChoiceField(label=_("谁能抽"))
    starts_at = _moment(_("开始时间"), required=True)
    ends_at = _moment(_("结束时间"), required=True)

    def __init__(self, *args: Any, shop_id: UUID, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["rank"].choices = tier_choices(shop_id)  # type: ignore[attr-defined]

    def wish(self, prizes: tuple[PrizeWish, ...], zone: str) -> DrawWish:
        """What was typed, after `is_valid`."""
        sent, where = self.cleaned_data, ZoneInfo(zone)
        return DrawWish(
            sent["name"], sent["cost"], sent["per_day"], moment_of(sent["starts_at"], where),
            moment_of(sent["ends_at"], where), prizes, int(sent["rank"]), sent["words"],
        )  # fmt: skip


def draw_initial(view: DrawView, zone: str) -> dict[str, Any]:
    """A draw as its form shows it."""
    wish = view.wish
    return {
        "name": wish.name, "words": wish.words, "cost": wish.cost, "per_day": wish.per_day,
        "rank": str(wish.least_rank), "starts_at": _here(wish.starts_at, zone), "ends_at": _here(wish.ends_at, zone),
    }  # fmt: skip


def prizes_typed(sent: Mapping[str, str]) -> tuple[tuple[PrizeWish, ...], list[int]]:
    """The prizes that were typed, and in which row of the form each stands; rows without a name are none.

    Raises InvalidInput with the field as the form names it.
    """
    rows = [n for n in range(ROWS) if text_of(sent, f"name_{n}")]
    return tuple(_prize(sent, n) for n in rows), rows


def _prize(sent: Mapping[str, str], n: int) -> PrizeWish:
    kind = text_of(sent, f"kind_{n}", 12)
    sku = uuid_of(text_of(sent, f"sku_{n}", 40)) if kind == states.GOODS else None
    return PrizeWish(
        text_of(sent, f"name_{n}", 60), kind, whole_of(sent, f"weight_{n}", 1, 10**6),
        whole_of(sent, f"stock_{n}", 1, 10**6) if text_of(sent, f"stock_{n}") else None,
        whole_of(sent, f"units_{n}", 0, _MOST) if kind == states.POINTS else 0, sku,
        consolation=sent.get("consolation") == str(n),
    )  # fmt: skip


def prizes_shown(view: DrawView) -> dict[str, str]:
    """Prizes as their rows show them."""
    found: dict[str, str] = {}
    for n, one in enumerate(view.wish.prizes):
        shown = (
            one.name, one.kind, str(one.weight), str(one.stock or ""), str(one.units or ""), str(one.sku_id or ""),
        )  # fmt: skip
        found |= {f"{part}_{n}": text for part, text in zip(PARTS, shown, strict=True)}
        if one.consolation:
            found["consolation"] = str(n)
    return found


def prize_rows(typed: Mapping[str, Any], errors: Mapping[str, str]) -> list[dict[str, Any]]:
    """The form's rows: those with a name and some more, each with its parts and what is wrong with them."""
    used = [n for n in range(ROWS) if typed.get(f"name_{n}")]
    last = max(used, default=-1) + 1
    return [
        {
            "n": n,
            "number": n + 1,
            **{part: typed.get(f"{part}_{n}", "") for part in PARTS},
            "consolation": str(typed.get("consolation", "")) == str(n),
            "wrong": {part: errors.get(f"{part}_{n}", "") for part in PARTS},
        }
        for n in range(min(ROWS, last + SPARE))
    ]


def in_form(field: str, rows: list[int]) -> str:
    """What the room calls `prizes.2.weight`, as the form calls it."""
    parts = field.split(".")
    if len(parts) == 3 and parts[0] == "prizes" and parts[1].isdigit() and int(parts[1]) < len(rows):
        return f"{NAMED.get(parts[2], parts[2])}_{rows[int(parts[1])]}"
    return NAMED.get(field, field)


def _at(typed: datetime | None, zone: str) -> datetime | None:
    return moment_of(typed, ZoneInfo(zone)) if typed else None


def _here(at: datetime | None, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):{MOMENT}}" if at else ""
