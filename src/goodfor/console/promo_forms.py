"""A campaign as its form shows it, and what was typed as a revision. What is not asked for now goes along, hidden."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict

from goodfor.catalog import queries as catalog
from goodfor.catalog.types import SkuLabel
from goodfor.console import promo_fields as asked
from goodfor.console.money_fields import optional_minor
from goodfor.console.promo_effects import effect_of, limits_of, settings_of
from goodfor.console.promo_times import moment_of, spans_of
from goodfor.console.promo_words import KINDS
from goodfor.kit.writing import plain_money
from goodfor.loyalty import queries as loyalty
from goodfor.promotions import bundle_queries as bundles
from goodfor.promotions.types import (
    ACTIVITY,
    AUTO,
    BY_CHOICE,
    BY_COUPON,
    COUPON,
    EARN,
    NORMAL,
    ORDER,
    PRICE,
    STACK,
    BundleView,
    Compare,
    Condition,
    Join,
    Node,
    Scope,
    Spec,
    Window,
)

#: Where each form's effect stands.
LAYER: Final[Mapping[str, str]] = {
    "limited_price": PRICE, "limited_percent": PRICE, "member_price": PRICE, "flash": ACTIVITY, "new_buyer": ACTIVITY,
    "group": ACTIVITY, "bargain": ACTIVITY, "bundle": ACTIVITY, "full_reduce": ORDER, "full_percent": ORDER,
    "nth": ORDER, "gift": ORDER, "coupon": COUPON, "points": EARN,
}  # fmt: skip
AUDIENCES: Final[Mapping[str, Condition | None]] = {
    asked.EVERYBODY: None,
    asked.NEW: Compare("orders_paid", "eq", 0),
    asked.BEFORE: Compare("orders_paid", "ge", 1),
    asked.SIGNED_IN: Compare("signed_in", "eq", True),
}
#: Whom some plays are for, whatever is typed.
FIXED: Final[Mapping[str, str]] = {"new_buyer": asked.NEW, "member_price": asked.SIGNED_IN}


def tiers_above(shop_id: UUID) -> list[tuple[int, str]]:
    """Tiers of members above the lowest, with their names."""
    tiers = loyalty.tiers_of(shop_id)
    return [(rank, tier.name) for rank, tier in enumerate(tiers.tiers) if rank] if tiers else []


def with_tier(audience: Condition | None, rank: int) -> Condition | None:
    """The same, of members from a tier on; 0: of all."""
    if not rank:
        return audience
    members = Compare("tier", "ge", rank)
    return members if audience is None else Join("and", (audience, members))


def without_tier(audience: Condition | None) -> tuple[Condition | None, int]:
    """What a form says beside the tier, and the tier; as `with_tier` writes it."""
    rest: Condition | None = None
    members = audience
    if isinstance(audience, Join) and audience.op == "and" and len(audience.parts) == 2:
        rest, members = audience.parts
    if isinstance(members, Compare) and (members.fact, members.op) == ("tier", "ge") and type(members.value) is int:
        return rest, members.value
    return audience, 0


class CampaignForm(forms.Form):
    """All fields of all steps of one kind of form; times are of the shop's zone."""

    def __init__(self, data: Any = None, *, kind: str, shop_id: UUID, currency: str, zone: str, **more: Any) -> None:
        super().__init__(data, **more)
        self.kind, self.shop_id, self.currency, self.zone = kind, shop_id, currency, ZoneInfo(zone)
        labels = (one for one in catalog.sku_labels(shop_id) if one.price.currency == currency)
        self.labels: dict[UUID, SkuLabel] = {one.id: one for one in labels}
        self.offered: list[BundleView] = bundles.bundles(shop_id) if kind == "bundle" else []
        goods = _goods(shop_id, self.labels, self.offered)
        self.step_fields = {
            "goods": asked.goods_fields(kind, goods),
            "effect": asked.effect_fields(kind, goods),
            "when": asked.when_fields(kind, tiers_above(shop_id)),
            "limits": asked.limit_fields(kind),
        }
        for fields in self.step_fields.values():
            self.fields.update(fields)

    @classmethod
    def like(cls, other: "CampaignForm", data: Any) -> "CampaignForm":
        """The same form with other data."""
        return cls(data, kind=other.kind, shop_id=other.shop_id, currency=other.currency, zone=str(other.zone))

    def again(self) -> "CampaignForm":
        """The same form with what was typed so far, not judged."""
        sent = self.data
        assert isinstance(sent, QueryDict)
        typed: dict[str, Any] = {}
        for name, field in self.fields.items():
            if isinstance(field, forms.BooleanField):
                typed[name] = sent.get(name, "") not in ("", "False")
            elif isinstance(field, forms.MultipleChoiceField):
                typed[name] = sent.getlist(name)
            elif name in sent:
                typed[name] = sent[name]
        form = CampaignForm.like(self, None)
        form.initial = typed
        return form

    def steps(self) -> list[tuple[str, Any]]:
        """Names and labels of the steps that ask something."""
        return [(name, label) for name, label in asked.STEPS if self.step_fields.get(name, True)]

    def hidden(self, step: str) -> Iterator[str]:
        """What of the other steps goes along."""
        shown = self.step_fields.get(step, {})
        for name in self.fields:
            if name not in shown:
                yield self[name].as_hidden()

    def rows(self) -> list[list[Any]]:
        """SKUs with their prices and stock, a row each."""
        names = ("sku", "price", "stock")
        return [[self[f"{name}_{n}"] for name in names if f"{name}_{n}" in self.fields] for n in range(asked.ROWS)]

    def tiers(self) -> list[list[Any]]:
        """Thresholds with what they bring."""
        if self.kind not in ("full_reduce", "full_percent"):
            return []
        return [[self[f"threshold_{n}"], self[f"value_{n}"]] for n in range(asked.TIERS)]

    def plain(self, step: str) -> list[Any]:
        """Fields of a step that stand for themselves."""
        grouped = set()
        if self.kind in asked.BY_SKU:
            grouped |= {field.name for row in self.rows() for field in row}
        grouped |= {field.name for tier in self.tiers() for field in tier}
        return [self[name] for name in self.step_fields.get(step, {}) if name not in grouped]

    def spec(self) -> Spec:
        """What was typed, after `is_valid`; whether it can be, the room says. Raises InvalidInput with the field."""
        sent, kind = self.cleaned_data, self.kind
        trigger = BY_COUPON if kind == "coupon" else BY_CHOICE if kind in asked.CHOSEN else AUTO
        audience = FIXED.get(kind) or sent.get("audience") or asked.EVERYBODY
        loss = optional_minor(sent, "loss", self.currency)
        return Spec(
            play=KINDS[kind].play,
            layer=LAYER[kind],
            window=Window(
                moment_of(sent["starts_at"], self.zone), moment_of(sent["ends_at"], self.zone),
                frozenset(int(day) for day in sent["weekdays"]), spans_of(sent, "hours"),
            ),
            scope=self._scope(),
            effect=effect_of(kind, sent, self.currency),
            trigger=trigger,
            priority=sent["priority"] or 0,
            node=Node(mode=sent.get("mode") or STACK),
            category=(sent.get("category") or "").strip(),
            stacking=sent.get("stacking") or NORMAL,
            channels=frozenset(sent["channels"]),
            audience=with_tier(AUDIENCES[audience], int(sent.get("tier") or 0)),
            cut=sent["part"],
            floor=optional_minor(sent, "floor", self.currency),
            loss_leader=loss is not None,
            per_order=sent.get("per_order") or 1,
            limits=limits_of(kind, sent, self.currency, loss),
            play_settings=settings_of(kind, sent),
        )  # fmt: skip

    def _scope(self) -> Scope:
        sent = self.cleaned_data
        if self.kind == "bundle":
            chosen = next((one for one in self.offered if str(one.id) == sent["bundle"]), None)
            parts = chosen.spec.parts if chosen else ()
            return Scope(skus=frozenset(part.sku_id for part in parts), bundles=True)
        if self.kind in asked.BY_SKU:
            chosen_skus = (sent[f"sku_{n}"] for n in range(asked.ROWS))
            return Scope(skus=frozenset(UUID(sku) for sku in chosen_skus if sku))
        goods = sent["goods"] or asked.ALL

        def named(name: str) -> frozenset[UUID]:
            return frozenset(map(UUID, sent[name])) if goods == name else frozenset()

        return Scope(
            everything=goods == asked.ALL, skus=named(asked.SKUS), products=named(asked.PRODUCTS),
            categories=named(asked.CATEGORIES), without_skus=frozenset(map(UUID, sent["without"])),
            bundles=sent["bundles"],
        )  # fmt: skip


def _goods(shop_id: UUID, labels: Mapping[UUID, SkuLabel], offered: list[BundleView]) -> dict[str, Any]:
    """Choices of everything that can be named."""
    return {
        "skus": [(str(one.id), f"{one.product_name} {one.name} · {plain_money(one.price)}") for one in labels.values()],
        "products": [(str(one.id), one.name) for one in catalog.all_products(shop_id)],
        "categories": [(str(one.id), one.name) for one in catalog.shelves(shop_id)],
        "bundles": [(str(one.id), one.spec.title) for one in offered],
    }
