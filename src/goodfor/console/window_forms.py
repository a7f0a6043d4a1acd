"""What can be typed into a block of the first page: a form for each kind, to and from plain settings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.timezone import make_aware
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from goodfor.catalog import queries as catalog
from goodfor.catalog.types import ProductView
from goodfor.console.columns import Text
from goodfor.promotions import bundle_queries as bundles
from goodfor.promotions import queries as promotions
from goodfor.window.types import Block, BlockRequest, DraftBlock

#: What each kind is called, and when one takes it.
KINDS: Final[tuple[tuple[str, Text, Text], ...]] = (
    ("banner", _("横幅"), _("一张大图或一句话，点了去哪里")),
    ("scene", _("场景入口"), _("宅家、出行这样的入口")),
    ("category", _("分类栏"), _("一排分类")),
    ("grid", _("商品组"), _("一组商品")),
    ("flash", _("限时"), _("挑几个规格，带倒计时；到点自动消失")),
    ("text", _("文字"), _("公告、说明")),
    ("bundle", _("组合"), _("挑几个在售的组合")),
    ("sale", _("秒杀"), _("挑几个秒杀活动，价格和场次跟着活动走")),
    ("coupon", _("领券"), _("挑几个优惠券活动，买家去领")),
)
LABELS: Final = {kind: label for kind, label, _hint in KINDS}
#: What is wrong, by the room's name of the field.
PROBLEMS: Final[dict[str, Any]] = {
    "href": _("只能填本店的地址，以一个 / 开头，例如 /s/宅家"),
    "image": _("图片不能用，请重新上传"),
    "scenes": _("每行一个场景，最多 12 个，只用文字、数字和连字符"),
    "sku_ids": _("请选 1 到 12 个规格"),
    "slugs": _("最多选 24 个"),
    "bundle_ids": _("请选 1 到 12 个组合"),
    "campaign_ids": _("请选 1 到 12 个活动"),
    "visible_until": _("结束时间要晚于开始时间"),
    "blocks": _("首页最多 30 个模块，先删掉不用的"),
}
_MOMENT: Final = "%Y-%m-%dT%H:%M"


def _moment(label: Any, help_text: Any = "", *, required: bool = False) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT)
    return forms.DateTimeField(label=label, required=required, widget=widget, help_text=help_text)


class BlockForm(forms.Form):
    """The time in which any block is shown; times are of the shop's zone."""

    zone: ZoneInfo = ZoneInfo("UTC")

    def __init__(self, data: Any = None, *, shop_id: UUID, zone: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.zone = ZoneInfo(zone)
        self.fields["visible_from"] = _moment(_("从什么时候显示"), _("不填就是一直"))
        self.fields["visible_until"] = _moment(_("到什么时候为止"), _("不填就是一直"))
        self.offer(shop_id)

    def offer(self, shop_id: UUID) -> None:
        """Fill the choices with the shop's own goods."""

    def settings(self) -> dict[str, object]:
        """Plain settings, after `is_valid`."""
        return {name: value for name, value in self.cleaned_data.items() if not name.startswith("visible_")}

    def request(self, kind: str, **more: object) -> BlockRequest:
        """What is to be kept, after `is_valid`."""
        times = {name: self._aware(self.cleaned_data[name]) for name in ("visible_from", "visible_until")}
        return BlockRequest(kind, {**self.settings(), **more}, **times)

    def _aware(self, typed: datetime | None) -> datetime | None:
        return make_aware(typed.replace(tzinfo=None), self.zone) if typed else None


class BannerForm(BlockForm):
    """The picture is sent beside it."""

    title = forms.CharField(label=_("标题"), max_length=40)
    text = forms.CharField(label=_("一句话"), max_length=120, required=False)
    href = forms.CharField(label=_("点了去哪里"), max_length=300, required=False, help_text=PROBLEMS["href"])


class SceneForm(BlockForm):
    """Scenes, a line each."""

    title = forms.CharField(label=_("标题"), max_length=40, required=False)
    scenes = forms.CharField(label=_("要显示的场景"), max_length=400, widget=forms.Textarea(attrs={"rows": 5}))

    def offer(self, shop_id: UUID) -> None:
        known = gettext("、").join(catalog.scenes(shop_id, limit=24))
        hint = _("每行一个，从上到下显示。")
        self.fields["scenes"].help_text = f"{hint}{known}"

    def settings(self) -> dict[str, object]:
        return {**super().settings(), "scenes": str(self.cleaned_data["scenes"]).split()}


class CategoryForm(BlockForm):
    """Some categories, or all."""

    title = forms.CharField(label=_("标题"), max_length=40, required=False)
    slugs = forms.MultipleChoiceField(
        label=_("要显示的分类"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("都不选就是全部")
    )

    def offer(self, shop_id: UUID) -> None:
        _choose(self, "slugs", [(one.slug, one.name) for one in catalog.categories(shop_id)])


class GridForm(BlockForm):
    """Chosen products, else those of a category or scene."""

    title = forms.CharField(label=_("标题"), max_length=40)
    category = forms.ChoiceField(label=_("所属分类"), required=False)
    scene = forms.ChoiceField(label=_("所属场景"), required=False)
    slugs = forms.MultipleChoiceField(
        label=_("指定商品"), required=False, widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("选了商品，就不看分类和场景。电脑上按住 Ctrl 可多选"),
    )  # fmt: skip
    limit = forms.IntegerField(label=_("最多几个"), min_value=1, max_value=48, initial=12)

    def offer(self, shop_id: UUID) -> None:
        anything = ("", _("不限"))
        _choose(self, "category", [anything, *((one.slug, one.name) for one in catalog.categories(shop_id))])
        _choose(self, "scene", [anything, *((name, name) for name in catalog.scenes(shop_id, limit=24))])
        _choose(self, "slugs", [(one.slug, one.name) for one in on_sale(shop_id)])


class FlashForm(BlockForm):
    """Chosen SKUs until a moment."""

    title = forms.CharField(label=_("标题"), max_length=40)
    sku_ids = forms.MultipleChoiceField(
        label=_("规格"),
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("最多 12 个。电脑上按住 Ctrl 可多选"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_at"] = _moment(_("什么时候结束"), required=True)
        self.order_fields(["title", "sku_ids", "ends_at"])

    def offer(self, shop_id: UUID) -> None:
        skus = [(str(sku.id), f"{one.name} {sku.name}") for one in on_sale(shop_id) for sku in one.skus if sku.on_sale]
        _choose(self, "sku_ids", skus)

    def settings(self) -> dict[str, object]:
        return {**super().settings(), "ends_at": self._aware(self.cleaned_data["ends_at"])}


class TextForm(BlockForm):
    """Words."""

    title = forms.CharField(label=_("标题"), max_length=40, required=False)
    body = forms.CharField(label=_("内容"), max_length=2000, widget=forms.Textarea(attrs={"rows": 8}))


class BundleBlockForm(BlockForm):
    """Chosen bundles."""

    title = forms.CharField(label=_("标题"), max_length=40, required=False)
    bundle_ids = forms.MultipleChoiceField(
        label=_("要显示的组合"), widget=forms.CheckboxSelectMultiple, help_text=_("最多 12 个，下架的不显示")
    )

    def offer(self, shop_id: UUID) -> None:
        _choose(self, "bundle_ids", [(str(one.id), one.spec.title) for one in bundles.bundles(shop_id)])


class CampaignBlockForm(BlockForm):
    """Chosen campaigns of a play."""

    play = ""
    title = forms.CharField(label=_("标题"), max_length=40, required=False)
    campaign_ids = forms.MultipleChoiceField(
        label=_("要显示的活动"), widget=forms.CheckboxSelectMultiple, help_text=_("最多 12 个，没开始和结束了的不显示")
    )

    def offer(self, shop_id: UUID) -> None:
        lives = promotions.live_campaigns(shop_id)
        named = [(str(one.campaign_id), one.name) for one in lives if one.spec.play == self.play]
        _choose(self, "campaign_ids", named)


class SaleForm(CampaignBlockForm):
    """Flash sales."""

    play = "flash"


class CouponBlockForm(CampaignBlockForm):
    """Coupons."""

    play = "coupon"


FORMS: Final[dict[str, type[BlockForm]]] = {
    "bundle": BundleBlockForm,
    "sale": SaleForm,
    "coupon": CouponBlockForm,
    "banner": BannerForm,
    "scene": SceneForm,
    "category": CategoryForm,
    "grid": GridForm,
    "flash": FlashForm,
    "text": TextForm,
}


def initial_of(block: DraftBlock, zone: str) -> dict[str, Any]:
    """A block as its form shows it."""
    own = ZoneInfo(zone)
    found: dict[str, Any] = {"visible_from": block.visible_from, "visible_until": block.visible_until}
    if block.content is not None:
        found |= {name: getattr(block.content, name) for name in type(block.content).__dataclass_fields__}
    if "scenes" in found:
        found["scenes"] = "\n".join(found["scenes"])
    for name in ("sku_ids", "bundle_ids", "campaign_ids"):
        if name in found:
            found[name] = [str(one) for one in found[name]]
    times = {name: value for name, value in found.items() if isinstance(value, datetime)}
    return found | {name: value.astimezone(own).strftime(_MOMENT) for name, value in times.items()}


def summary_of(block: DraftBlock | Block) -> str:
    """What a block says, in a line of the list."""
    content = block.content
    for name in ("title", "body"):
        if getattr(content, name, ""):
            return str(getattr(content, name)).splitlines()[0][:60]
    return gettext("、").join(getattr(content, "scenes", ()))[:60]


def on_sale(shop_id: UUID) -> list[ProductView]:
    """Products that buyers can see."""
    return [one for one in catalog.all_products(shop_id) if one.on_sale]


def _choose(form: forms.Form, name: str, choices: Sequence[tuple[str, Text]]) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined]
