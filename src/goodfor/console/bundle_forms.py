"""A bundle as its form shows it, and what was typed as a bundle. Three steps; what is not asked for now goes along."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from goodfor.catalog import queries as catalog
from goodfor.catalog.types import SkuLabel
from goodfor.console.money_fields import minor_of, optional_minor, points_of
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.money import Money
from goodfor.promotions.types import (
    BY_PICKS,
    BY_SETS,
    CHOOSE,
    FIXED,
    MAX_PIECES,
    MAX_SETS,
    TIERED,
    WHAT_THERE_IS,
    WHOLE_OR_NOTHING,
    BundlePart,
    BundlePrice,
    BundleSpec,
    BundleTier,
    PickGroup,
)

ROWS: Final = 10
TIERS: Final = 4
GROUPS: Final = ("g1", "g2", "g3")
IN, OPTIONAL = "in", "optional"
OWN, LESS = "own", "less"
KINDS: Final = ((FIXED, lazy("固定组合")), (CHOOSE, lazy("任选几件")), (TIERED, lazy("买得多更优惠")))
ROLES: Final = (
    (IN, lazy("每套都有")), (OPTIONAL, lazy("可加购")), ("g1", lazy("第一组里选")), ("g2", lazy("第二组里选")),
    ("g3", lazy("第三组里选")),
)  # fmt: skip
STEPS: Final = (("goods", lazy("选权益")), ("price", lazy("定价格")), ("check", lazy("核对上架")))
#: What is wrong, by the room's name of the field; and the step that has the field.
PROBLEMS: Final[Mapping[str, tuple[Any, str]]] = {
    "title": (lazy("填一个名称，最多 40 个字"), "goods"),
    "summary": (lazy("一句话最多 200 个字"), "goods"),
    "slug": (lazy("地址只用小写字母、数字和连字符，不能和别的组合相同"), "goods"),
    "kind": (
        lazy("固定组合不分组；任选要有至少一组；买得多更优惠要填至少一档，按选的件数分档时还要有一组"), "goods"
    ),
    "parts": (lazy("至少选一项权益，不能重复；只有一项时要多件；各项币种要相同"), "goods"),
    "pieces": (lazy("每套 1 到 100 件"), "goods"),
    "groups": (lazy("每组填好名称和选几个，不能多于组里的项数；可重复的组只能选固定的个数"), "goods"),
    "optional": (lazy("可加购的不放进组里"), "goods"),
    "extra": (lazy("只有可选的权益才能加价"), "price"),
    "weight": (lazy("占比要么都填，要么都不填"), "price"),
    "price": (lazy("填一口价，或者减百分之几，二选一"), "price"),
    "tiers": (lazy("每档填好从几套（件）起和价格，从小到大"), "price"),
    "most_sets": (lazy("每单最多 1 到 100 套"), "price"),
    "floor": (lazy("每件至少要赚的钱，不能小于 0"), "price"),
}  # fmt: skip


class BundleForm(forms.Form):
    """All fields of all steps; money and percentages as text, read exactly."""

    title = forms.CharField(label=lazy("名称"), max_length=40)
    summary = forms.CharField(label=lazy("一句话介绍"), max_length=200, required=False)
    slug = forms.SlugField(label=lazy("网址"), max_length=64, help_text=lazy("小写字母、数字和连字符，例如 home-fun"))
    kind = forms.ChoiceField(label=lazy("怎么组"), choices=KINDS)
    price_kind = forms.ChoiceField(
        label=lazy("怎么定价"), choices=((OWN, lazy("一口价")), (LESS, lazy("按单价合计减百分之几"))), initial=OWN,
        required=False,
    )  # fmt: skip
    price = forms.CharField(label=lazy("每套一口价"), max_length=20, required=False)
    less = forms.CharField(label=lazy("减百分之几"), max_length=8, required=False)
    tiers_by = forms.ChoiceField(
        label=lazy("分档按什么算"), choices=((BY_SETS, lazy("买几套")), (BY_PICKS, lazy("选几件"))), required=False
    )
    delivery = forms.ChoiceField(
        label=lazy("有一项发不了时"),
        choices=(
            (WHOLE_OR_NOTHING, lazy("整单退款")), (WHAT_THERE_IS, lazy("能发的照发，发不了的按占比退")),
        ),
        initial=WHOLE_OR_NOTHING, required=False,
    )  # fmt: skip
    most_sets = forms.IntegerField(
        label=lazy("每单最多几套"), min_value=1, max_value=MAX_SETS, initial=10, required=False
    )
    floor = forms.CharField(
        label=lazy("每件至少赚"), max_length=20, required=False, help_text=lazy("不填就用店铺的底线；低于它的优惠不给")
    )

    def __init__(self, data: Any = None, *, shop_id: UUID, currency: str, known: bool = False, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.currency = currency
        self.labels: dict[UUID, SkuLabel] = {one.id: one for one in catalog.sku_labels(shop_id)}
        names = [(str(one.id), _named(one)) for one in self.labels.values() if one.delivery_kind == "code"]
        for n in range(ROWS):
            self._row(n, [("", _("不选")), *names])
        for group in GROUPS:
            self._group(group)
        for n in range(TIERS):
            self.fields[f"tier_count_{n}"] = forms.IntegerField(
                label=_("从几起"), min_value=1, max_value=MAX_SETS, required=False
            )
            self.fields[f"tier_value_{n}"] = forms.CharField(
                label=_("每套价或减百分之几"), max_length=20, required=False
            )
        if known:
            self.fields["slug"].required = False

    def _row(self, n: int, names: list[tuple[str, str]]) -> None:
        self.fields[f"sku_{n}"] = forms.ChoiceField(label=_("选哪个"), choices=names, required=False)
        self.fields[f"pieces_{n}"] = forms.IntegerField(
            label=_("每套几件"), min_value=1, max_value=MAX_PIECES, initial=1, required=False
        )
        self.fields[f"role_{n}"] = forms.ChoiceField(label=_("怎么给"), choices=ROLES, initial=IN, required=False)
        self.fields[f"extra_{n}"] = forms.CharField(label=_("选它加价"), max_length=20, required=False)
        self.fields[f"weight_{n}"] = forms.IntegerField(label=_("收入占比"), min_value=1, required=False)

    def _group(self, group: str) -> None:
        self.fields[f"name_{group}"] = forms.CharField(label=_("组名"), max_length=20, required=False)
        self.fields[f"least_{group}"] = forms.IntegerField(label=_("最少选几个"), min_value=0, required=False)
        self.fields[f"most_{group}"] = forms.IntegerField(label=_("最多选几个"), min_value=1, required=False)
        self.fields[f"again_{group}"] = forms.BooleanField(label=_("同一个可以选几次"), required=False)

    def of_step(self, step: str) -> list[str]:
        """The names of a step's fields."""
        goods = [
            "title", "summary", "slug", "kind",
            *(f"{name}_{n}" for n in range(ROWS) for name in ("sku", "pieces", "role")),
            *(f"{name}_{group}" for group in GROUPS for name in ("name", "least", "most", "again")),
        ]  # fmt: skip
        if step == "goods":
            return goods
        return [name for name in self.fields if name not in goods] if step == "price" else []

    def hidden(self, step: str) -> Iterator[str]:
        """What of the other steps goes along."""
        shown = set(self.of_step(step))
        for name in self.fields:
            if name not in shown:
                yield self[name].as_hidden()

    def rows(self) -> list[dict[str, Any]]:
        """The rows of goods, with their labels where something is chosen."""
        found = []
        for n in range(ROWS):
            row: dict[str, Any] = {name: self[f"{name}_{n}"] for name in ("sku", "pieces", "role", "extra", "weight")}
            row["label"] = dict(self.fields[f"sku_{n}"].choices).get(str(self[f"sku_{n}"].value() or ""), "")  # type: ignore[attr-defined]
            row["chosen"] = bool(self[f"sku_{n}"].value())
            found.append(row)
        return found

    def groups(self) -> list[dict[str, Any]]:
        """The fields of the groups."""
        names = ("name", "least", "most", "again")
        return [{name: self[f"{name}_{group}"] for name in names} for group in GROUPS]

    def tiers(self) -> list[tuple[Any, Any]]:
        """The fields of the tiers."""
        return [(self[f"tier_count_{n}"], self[f"tier_value_{n}"]) for n in range(TIERS)]

    def spec(self) -> BundleSpec:
        """What was typed, after `is_valid`; whether it can be, the room says. Raises InvalidInput with the field."""
        sent = self.cleaned_data
        names = {group: str(sent[f"name_{group}"] or "").strip() for group in GROUPS}
        own = sent["price_kind"] != LESS
        tiers = tuple(
            BundleTier(sent[f"tier_count_{n}"], self._price(own, f"tier_value_{n}"))
            for n in range(TIERS)
            if sent[f"tier_count_{n}"]
        )
        return BundleSpec(
            title=sent["title"].strip(),
            kind=sent["kind"],
            parts=tuple(self._part(n, names) for n in range(ROWS) if sent[f"sku_{n}"]),
            price=self._price(own, "price" if own else "less"),
            groups=tuple(self._picked(group, name) for group, name in names.items() if name),
            tiers=tiers,
            tiers_by=sent["tiers_by"] or BY_SETS,
            delivery=sent["delivery"] or WHOLE_OR_NOTHING,
            summary=sent["summary"].strip(),
            most_sets=sent["most_sets"] or 10,
            floor=optional_minor(sent, "floor", self.currency),
        )

    def _part(self, n: int, names: Mapping[str, str]) -> BundlePart:
        sent = self.cleaned_data
        role = sent[f"role_{n}"] or IN
        if role in names and not names[role]:
            raise InvalidInput(field="groups")
        return BundlePart(
            sku_id=UUID(sent[f"sku_{n}"]),
            pieces=sent[f"pieces_{n}"] or 1,
            group=names.get(role, ""),
            optional=role == OPTIONAL,
            extra=minor_of(sent, f"extra_{n}", self.currency),
            weight=sent[f"weight_{n}"],
        )

    def _picked(self, group: str, name: str) -> PickGroup:
        sent = self.cleaned_data
        most = sent[f"most_{group}"] or sent[f"least_{group}"] or 1
        least = sent[f"least_{group}"]
        return PickGroup(name, most if least is None else least, most, bool(sent[f"again_{group}"]))

    def _price(self, own: bool, name: str) -> BundlePrice:
        if own:
            return BundlePrice(minor_of(self.cleaned_data, name, self.currency))
        return BundlePrice(None, points_of(self.cleaned_data, name))


def initial_of(spec: BundleSpec, slug: str, currency: str) -> dict[str, Any]:
    """A bundle as its form shows it."""
    own = spec.price.minor is not None
    found: dict[str, Any] = {
        "title": spec.title, "summary": spec.summary, "slug": slug, "kind": spec.kind,
        "price_kind": OWN if own else LESS, "tiers_by": spec.tiers_by, "delivery": spec.delivery,
        "most_sets": spec.most_sets, "floor": "" if spec.floor is None else _money(spec.floor, currency),
        "price" if own else "less": _typed(spec.price, currency),
    }  # fmt: skip
    keys = {group.name: key for group, key in zip(spec.groups, GROUPS, strict=False)}
    for group in spec.groups:
        key = keys[group.name]
        found |= {f"name_{key}": group.name, f"least_{key}": group.least, f"most_{key}": group.most}
        found[f"again_{key}"] = group.again
    for n, part in enumerate(spec.parts[:ROWS]):
        role = keys[part.group] if part.group else OPTIONAL if part.optional else IN
        found |= {f"sku_{n}": str(part.sku_id), f"pieces_{n}": part.pieces, f"role_{n}": role}
        found |= {f"extra_{n}": _money(part.extra, currency) if part.extra else "", f"weight_{n}": part.weight}
    for n, tier in enumerate(spec.tiers[:TIERS]):
        found |= {f"tier_count_{n}": tier.count, f"tier_value_{n}": _typed(tier.price, currency)}
    return found


def fits(spec: BundleSpec) -> bool:
    """Whether the form has room for all of it; what programs made may be larger."""
    same = {(tier.price.minor is None) for tier in spec.tiers} <= {spec.price.minor is None}
    return len(spec.parts) <= ROWS and len(spec.groups) <= len(GROUPS) and len(spec.tiers) <= TIERS and same


def _typed(price: BundlePrice, currency: str) -> str:
    if price.minor is not None:
        return _money(price.minor, currency)
    return f"{(price.off_bp or 0) / 100:g}"


def _money(minor: int, currency: str) -> str:
    return Money(minor, currency).as_decimal_string()


def _named(one: SkuLabel) -> str:
    return f"{one.product_name} {one.name} · {one.price}"
