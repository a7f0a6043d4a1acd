"""What each form of a campaign asks, step by step: only what its play needs. `promo_forms` reads it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from goodfor.console.promo_words import CHANNELS
from goodfor.promotions.types import BEST, EXCLUSIVE, JOINT, NORMAL, STACK

ROWS: Final = 10
TIERS: Final = 3
MOMENT: Final = "%Y-%m-%dT%H:%M"
#: Which goods count.
ALL, CATEGORIES, PRODUCTS, SKUS = "all", "categories", "products", "skus"
#: Who may have it.
EVERYBODY, NEW, BEFORE, SIGNED_IN = "all", "new", "before", "signed_in"
#: What a coupon takes off.
OFF, PERCENT = "off", "percent"
#: Forms with a price for each SKU, and those that choose goods.
BY_SKU: Final = frozenset({"limited_price", "flash", "new_buyer", "group", "bargain"})
PIECES: Final = frozenset({"limited_price", "limited_percent", "flash", "new_buyer", "member_price", "group"})
CHOSEN: Final = frozenset({"group", "bargain"})
STEPS: Final = (
    ("goods", _("选商品")), ("effect", _("定优惠")), ("when", _("时间和人群")), ("limits", _("限额和叠加")),
    ("check", _("核对提交")),
)  # fmt: skip
Fields = dict[str, forms.Field]


def text(label: Any, hint: Any = "", most: int = 20) -> forms.CharField:
    """Money, percentages and times are typed as text and read exactly."""
    return forms.CharField(label=label, max_length=most, required=False, help_text=hint)


def whole(label: Any, least: int, most: int, hint: Any = "", initial: int | None = None) -> forms.IntegerField:
    """A whole number."""
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, required=False, help_text=hint, initial=initial
    )


def tick(label: Any, hint: Any = "") -> forms.BooleanField:
    """Yes or no."""
    return forms.BooleanField(label=label, required=False, help_text=hint)


def one_of(label: Any, choices: Any, hint: Any = "") -> forms.ChoiceField:
    """One of some; the first where nothing was sent."""
    first = next((value for value, _label in choices), "")
    return forms.ChoiceField(label=label, choices=choices, required=False, help_text=hint, initial=first)


def some_of(label: Any, choices: Any, hint: Any = "") -> forms.MultipleChoiceField:
    """Any of some."""
    widget = forms.SelectMultiple(attrs={"size": 6})
    return forms.MultipleChoiceField(label=label, choices=choices, required=False, widget=widget, help_text=hint)


def _ticks(label: Any, choices: Any, hint: Any) -> forms.MultipleChoiceField:
    widget = forms.CheckboxSelectMultiple()
    return forms.MultipleChoiceField(label=label, choices=choices, help_text=hint, widget=widget, required=False)


def _moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(label=label, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT))


def goods_fields(kind: str, goods: Mapping[str, Any]) -> Fields:
    """The name and what it is about. `goods`: choices by name."""
    fields: Fields = {"name": forms.CharField(label=_("活动名称"), max_length=80, help_text=_("买家会看到"))}
    if kind == "bundle":
        fields["bundle"] = forms.ChoiceField(label=_("哪个组合"), choices=goods["bundles"])
        return fields
    if kind in BY_SKU:
        nothing = ("", _("不选"))
        for n in range(ROWS):
            fields[f"sku_{n}"] = one_of(_("规格"), [nothing, *goods["skus"]])
            fields[f"price_{n}"] = text(_("最低价") if kind == "bargain" else _("活动价"))
            if kind == "flash":
                fields[f"stock_{n}"] = whole(_("放几件"), 1, 1_000_000)
        return fields
    fields["goods"] = one_of(
        _("哪些商品"),
        ((ALL, _("全部商品")), (CATEGORIES, _("几个分类")), (PRODUCTS, _("几个商品")), (SKUS, _("几个规格"))),
    )
    hint = _("电脑上按住 Ctrl 可多选")
    fields["categories"] = some_of(_("商品分类"), goods["categories"], hint)
    fields["products"] = some_of(_("商品"), goods["products"], hint)
    fields["skus"] = some_of(_("规格"), goods["skus"], hint)
    fields["without"] = some_of(_("除了这些规格"), goods["skus"], hint)
    fields["bundles"] = tick(_("组合里的商品也算"))
    return fields


def effect_fields(kind: str, goods: Mapping[str, Any]) -> Fields:
    """What it gives."""
    pays = _("例如 88 就是打 8.8 折")
    if kind in ("limited_percent", "member_price"):
        return {"bp": text(_("付原价的百分之几"), pays)}
    if kind == "bundle":
        return {"price": text(_("每套活动价")), "less": text(_("或者合计减百分之几"))}
    if kind == "nth":
        return {
            "n": whole(_("第几件"), 2, 100, initial=2), "bp": text(_("这一件付百分之几"), _("50 就是半价，0 就是免费")),
            "across": tick(_("不同商品合在一起数"), _("便宜的那几件减价")),
        }  # fmt: skip
    if kind == "points":
        return {
            "times": text(_("几倍积分"), _("例如 2；不填就是不加倍")), "plus": whole(_("每单多送多少积分"), 1, 100_000),
            "threshold": text(_("满多少"), _("不填就是没有门槛")),
        }  # fmt: skip
    if kind == "gift":
        return {
            "gift": one_of(_("送什么"), goods["skus"]), "gift_pieces": whole(_("送几件"), 1, 100, initial=1),
            "threshold": text(_("满多少")), "by_pieces": tick(_("门槛按件数")), "every": tick(_("每满一次送一次")),
            "most_pieces": whole(_("一单最多送几件"), 1, 10_000),
        }  # fmt: skip
    if kind in ("full_reduce", "full_percent"):
        value = _("减多少") if kind == "full_reduce" else _("付百分之几")
        fields: Fields = {}
        for n in range(TIERS):
            fields |= {f"threshold_{n}": text(_("满多少")), f"value_{n}": text(value)}
        fields["pieces"] = tick(_("门槛按件数"))
        if kind == "full_reduce":
            fields["every"] = tick(_("每满一次减一次"), _("只填第一档"))
        fields["most"] = text(_("一单最多减"))
        return fields
    if kind == "coupon":
        return {
            "coupon_kind": one_of(_("怎么减"), ((OFF, _("减一笔钱")), (PERCENT, _("打折")))),
            "threshold_0": text(_("满多少可用"), _("不填就是没有门槛")),
            "value_0": text(_("减多少，或者付百分之几")), "most": text(_("一单最多减"), _("打折的券用")),
            "per_order": whole(_("一单可以用几张"), 1, 100, initial=1),
        }  # fmt: skip
    return _play_fields(kind)


def _play_fields(kind: str) -> Fields:
    hours = whole(_("限时几小时"), 1, 72, initial=24)
    if kind == "group":
        return {
            "size": whole(_("几个人成团"), 2, 100, initial=3), "group_hours": hours,
            "each": whole(_("每单最多几件"), 1, 100, initial=1), "wechat": tick(_("微信内也劝分享")),
        }  # fmt: skip
    if kind == "bargain":
        return {
            "helpers": whole(_("几个人帮忙砍到底"), 1, 50, initial=5), "group_hours": hours,
            "help_most": whole(_("每人最多帮几次"), 1, 100, initial=3), "wechat": tick(_("微信内也劝分享")),
        }  # fmt: skip
    return {}


def when_fields(kind: str, tiers: Sequence[tuple[int, str]] = ()) -> Fields:
    """Its window, and for whom. `tiers`: of members, with their names, above the lowest."""
    days = ((str(n), label) for n, label in enumerate(
        (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")), 1
    ))  # fmt: skip
    fields: Fields = {"starts_at": _moment(_("什么时候开始")), "ends_at": _moment(_("什么时候结束"))}
    fields["hours"] = text(
        _("每天的场次") if kind == "flash" else _("每天的时段"),
        _("例如 10:00-12:00，20:00-22:00；不填就是全天"), 120,
    )  # fmt: skip
    fields["weekdays"] = _ticks(_("星期几"), list(days), _("都不选就是每天"))
    fields["channels"] = _ticks(_("渠道"), CHANNELS, _("都不选就是全部渠道"))
    if kind not in ("new_buyer", "member_price"):
        fields["audience"] = one_of(
            _("给谁"),
            (
                (EVERYBODY, _("所有人")), (NEW, _("没有买过的人")), (BEFORE, _("买过的人")),
                (SIGNED_IN, _("登录的买家")),
            ),
        )  # fmt: skip
    if tiers:
        from_on = ((str(n), _("%(tier)s及以上会员") % {"tier": name}) for n, name in tiers)
        fields["tier"] = one_of(
            _("哪些会员"), [("0", _("不限等级")), *from_on],
            _("不够等级的人在商品页看得到要升到哪一级"),
        )  # fmt: skip
    return fields


def limit_fields(kind: str) -> Fields:
    """How much of it, and beside what."""
    none = _("不填就是不限")
    fields: Fields = {
        "budget": text(_("一共最多优惠"), _("用完自动暂停")), "uses": whole(_("一共最多几单"), 1, 10**9, none),
        # New buyers have to be limited: whoever has bought once is none any more, but only after his payment.
        "buyer_uses": whole(_("每人最多几单"), 1, 10_000, none, 1 if kind == "new_buyer" else None),
        "buyer_day": whole(_("每人每天最多几单"), 1, 10_000, none),
    }  # fmt: skip
    if kind in PIECES:
        fields["buyer_units"] = whole(_("每人每个规格最多几件"), 1, 10_000, none)
    fields["floor"] = text(_("每件至少赚"), _("不填就用店铺的底线；低于它的部分不给"))
    fields["loss"] = text(_("允许一共亏多少"), _("不填就不许低于成本和底线"))
    if kind not in CHOSEN:
        fields["stacking"] = one_of(
            _("和别的优惠"),
            ((NORMAL, _("可以一起用")), (EXCLUSIVE, _("独享，不和别的一起用")), (JOINT, _("总是可以一起用"))),
        )
        fields["category"] = text(_("互斥类别"), _("填了一样的类别，同一件商品只享受其中一个"), 40)
    if kind in ("full_reduce", "full_percent", "nth", "gift"):
        fields["mode"] = one_of(
            _("和别的满减满赠"), ((STACK, _("都给")), (BEST, _("只给最多的那个"))),
            _("选“只给最多的那个”的活动之间，只有一个生效"),
        )  # fmt: skip
    fields["priority"] = whole(_("优先级"), -1000, 1000, _("一样优惠时，数大的先"), 0)
    fields["part"] = tick(_("预算不够时能给多少给多少"))
    fields["part"].initial = True
    return fields
