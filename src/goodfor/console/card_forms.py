"""Forms of cards: a program, and a batch of it."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from goodfor.cards import states
from goodfor.cards.errors import InvalidProgram
from goodfor.cards.types import BatchWish, ProgramView, ProgramWish, Skin
from goodfor.catalog import queries as catalog
from goodfor.catalog.errors import SkuUnknown
from goodfor.console import card_words as words
from goodfor.console.money_fields import minor_of
from goodfor.console.promo_fields import MOMENT
from goodfor.console.promo_times import moment_of
from goodfor.kernel.money import Money

_BETWEEN: Final = re.compile(r"[\s,，、;；]+")
_COLOUR: Final = forms.TextInput(attrs={"type": "color"})


class ProgramForm(forms.Form):
    """What cards are good for, and how they look."""

    name = forms.CharField(label=_("卡种名称"), max_length=80)
    face = forms.ChoiceField(label=_("卡能换什么"), choices=list(words.FACES.items()))
    skus = forms.CharField(
        label=_("规格编号"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("换商品的卡填，一行一个；在规格页能看到编号"),
    )  # fmt: skip
    value = forms.CharField(label=_("面值"), required=False, max_length=20, help_text=_("金额卡填，例如 100.00"))
    brand = forms.CharField(label=_("卡面品牌名"), max_length=40)
    paper = forms.CharField(label=_("卡面底色"), widget=_COLOUR, initial="#1f4d3a", max_length=7)
    ink = forms.CharField(label=_("卡面字色"), widget=_COLOUR, initial="#ffffff", max_length=7)
    words = forms.CharField(label=_("卡面上的一句话"), required=False, max_length=200)

    def wish(self, shop_id: UUID, currency: str) -> ProgramWish:
        """What was typed, after `is_valid`. Raises InvalidProgram, InvalidInput."""
        sent = self.cleaned_data
        of_value = sent["face"] == states.VALUE
        skin = Skin(sent["brand"], sent["ink"].lower(), sent["paper"].lower(), sent["words"])
        return ProgramWish(
            sent["name"], sent["face"], skin, () if of_value else _skus(shop_id, sent["skus"]),
            minor_of({"value": sent["value"]}, "value", currency) if of_value else 0,
        )  # fmt: skip


class BatchForm(forms.Form):
    """A batch to be made; days are of the shop's zone."""

    name = forms.CharField(label=_("批次名称"), max_length=80)
    size = forms.IntegerField(label=_("多少张"), min_value=1, max_value=5_000_000, initial=1000)
    price = forms.CharField(label=_("每张收多少钱"), max_length=20, help_text=_("激活时按这个数记为预收；送出去的填 0"))
    activation = forms.ChoiceField(label=_("怎么激活"), choices=list(words.ACTIVATIONS.items()))
    valid_until = forms.DateTimeField(
        label=_("有效到哪天"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        help_text=_("和天数只填一个；都不填长期有效。过期后余额仍可延期"),
    )  # fmt: skip
    valid_days = forms.IntegerField(label=_("激活后几天内有效"), min_value=1, max_value=36_500, required=False)

    def wish(self, program: ProgramView, zone: str) -> BatchWish:
        """What was typed, after `is_valid`. Raises InvalidInput."""
        sent = self.cleaned_data
        until = sent["valid_until"]
        return BatchWish(
            program.id, sent["name"], sent["size"],
            minor_of({"price": sent["price"]}, "price", program.value.currency), sent["activation"],
            moment_of(until, ZoneInfo(zone)) if until else None, sent["valid_days"],
        )  # fmt: skip


def initial_of(shop_id: UUID, view: ProgramView) -> dict[str, Any]:
    """A program as its form shows it."""
    return {
        "name": view.name, "face": view.face, "skus": "\n".join(code for code, _name in goods(shop_id, view.skus)),
        "value": Money(view.value.amount_minor, view.value.currency).as_decimal_string() if view.value else "",
        "brand": view.skin.brand, "paper": view.skin.paper, "ink": view.skin.ink, "words": view.skin.words,
    }  # fmt: skip


def goods(shop_id: UUID, sku_ids: Iterable[UUID]) -> list[tuple[str, str]]:
    """Code and name of goods; the id for what is off sale."""
    ids = list(sku_ids)
    found = {sku.id: (sku.code, f"{card.name} {sku.name}") for card, sku in catalog.products_of_skus(shop_id, ids)}
    return [found.get(sku_id, (str(sku_id), str(_("已下架")))) for sku_id in ids]


def moment(text: str, zone: str) -> datetime | None:
    """A moment as a browser sends it; None for anything else."""
    with suppress(ValueError):
        return datetime.strptime(text[:16], MOMENT).replace(tzinfo=ZoneInfo(zone))
    return None


def _skus(shop_id: UUID, text: str) -> tuple[UUID, ...]:
    found = []
    for code in filter(None, _BETWEEN.split(text.strip())):
        try:
            found.append(catalog.sku_by_code(shop_id, code[:80]).id)
        except SkuUnknown:
            raise InvalidProgram(field="skus") from None
    return tuple(found)
