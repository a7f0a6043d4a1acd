"""The shop's own settings."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodfor.console.columns import Text
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity.operations.change_shop import change_shop
from goodfor.identity.types import NO_BOUND, REFUND_DEFAULTS, Permission, refund_limits
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.kernel.zones import zones
from goodfor.orders.operations.place_order import CODES_PER_BUYER, OPEN_PER_BUYER, OPEN_PER_CLIENT, OPEN_PER_IP
from goodfor.promotions import queries as promotions
from goodfor.vault.types import LOW_STOCK

PAGE: Final = "desk:settings-shop"
LANGUAGES: Final = (("zh-hans", "中文"), ("en", "English"))
#: Time zones that are offered first; all others follow.
NEAR: Final = ("Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "UTC")


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as the form asks for it. `kind`: text, number, bound or flag; `default` is what holds without it.

    A bound is an amount: the field shows the one that holds, and emptied it means that there is none.
    """

    key: str
    label: Text
    hint: Text
    kind: str
    default: Any = ""
    unit: Text = ""


_l = gettext_lazy
SETTINGS: Final = (
    Setting("name_en", _l("英文店名"), _l("买家用英文浏览时显示；不填就显示中文店名"), "text"),
    Setting("support", _l("客服联系方式"), _l("显示在退款、售后等需要找人的地方，例如 微信号、邮箱或电话"), "text"),
    Setting("invoices", _l("提供发票"), _l("打开后，买家结账时可以填写抬头；开票由你完成"), "flag", False),
    Setting(
        "low_stock", _l("库存预警"), _l("某个面值剩余不多于这个数时，总览页提醒补货"), "number", LOW_STOCK, _l("张"),
    ),
    Setting(
        "staff_hours", _l("员工工作时间"),
        _l("例如 09:00-23:00，按店铺时区。这以外大批查看卡密或导出，要再确认一次是本人；不填就不区分"), "text",
    ),
    *(
        Setting(key, label, hint, "bound", REFUND_DEFAULTS[key])
        for key, label, hint in (
            ("refund_limit_minor", _l("退款确认线"),
             _l("单笔退款超过这个金额时，要再确认一次是本人。留空不限")),
            ("refund_daily_limit_minor", _l("每人每日退款限额"),
             _l("一名成员当天退款合计超过这个金额后，只有店主和财务能继续退，并要确认是本人。留空不限")),
            ("refund_daily_cap_minor", _l("全店每日退款上限"),
             _l("成员当天退款合计不能超过这个金额，每个 API 客户端另按同样金额计。超过会拒绝并开异常单。留空不限")),
            ("auto_refund_alarm_minor", _l("自动退款提醒线"),
             _l("当天自动退款（超时未发货、重复付款、买家退未看的卡密）合计超过这个金额时开异常单，退款照常。留空不提醒")),
        )
    ),
)  # fmt: skip
#: The same for every shop of an installation: nobody can empty a shop by ordering without paying.
FIXED: Final = (
    (_l("每位买家最多的未付款订单"), OPEN_PER_BUYER, _l("单")),
    (_l("每个网络地址最多的未付款订单"), OPEN_PER_IP, _l("单")),
    (_l("每个 API 客户端最多的未付款订单"), OPEN_PER_CLIENT, _l("单")),
    (_l("每位买家未付款订单里最多的卡密"), CODES_PER_BUYER, _l("张")),
)


@console_page(Permission.SHOP_CONFIGURE, methods=("GET", "POST"))
def shop(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """What the shop is called, and how it works."""
    if request.method != "POST":
        return _shop(request, visitor)
    try:
        settings = _settings(request, visitor)
        if REFUND_DEFAULTS.keys() & settings.keys() or request.POST.get("timezone", "") != visitor.shop.timezone:
            # Whoever holds an open browser must not move the bounds of refunds, nor the day that they are for.
            require_fresh_proof(request)
        if settings["staff_hours"] != visitor.shop.settings.get("staff_hours"):
            # Nor the hours in which nobody is surprised by what they do.
            require_fresh_proof(request)
        change_shop(
            shop_id=visitor.shop.id,
            name=request.POST.get("name", ""),
            locale=request.POST.get("locale", ""),
            timezone=request.POST.get("timezone", ""),
            settings=settings,
            actor=visitor.actor,
            now=utc_now(),
        )
    except DomainError as error:
        return _shop(request, visitor, error, request.POST.dict())
    return done(request, _("设置已保存"), PAGE)


def _settings(request: HttpRequest, visitor: Visitor) -> dict[str, Any]:
    """What is to be set. Bounds that stay as they are, or that the form did not hold, are left out."""
    found: dict[str, Any] = {}
    for one in SETTINGS:
        if one.kind == "bound":
            held = visitor.shop.settings
            asked = {**held, one.key: _value(one, request.POST[one.key], visitor)} if one.key in request.POST else held
            if refund_limits(asked) != refund_limits(held):
                found[one.key] = asked[one.key]
        else:
            found[one.key] = _value(one, request.POST.get(one.key, ""), visitor)
    return found


def _value(one: Setting, text: str, visitor: Visitor) -> Any:
    """What the form gives, as it is kept; None: the default holds. Raises InvalidInput with the field's name."""
    text = text.strip()
    if one.kind == "flag":
        return text == "1"
    if not text:
        return NO_BOUND if one.kind == "bound" else None
    if one.kind == "number":
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise InvalidInput(_("请填写整数"), field=one.key)
        return int(text)
    if one.kind == "bound":
        try:
            amount = Money.parse(text, visitor.shop.currency)
        except ValueError:
            raise InvalidInput(_("金额请写成 9.90 这样"), field=one.key) from None
        if amount.is_negative:
            raise InvalidInput(_("金额请写成 9.90 这样"), field=one.key)
        return amount.amount_minor
    return text


def _written(one: Setting, value: Any, visitor: Visitor) -> str:
    if one.kind == "bound":
        value = one.default if value is None else value
        return "" if value == NO_BOUND else Money(value, visitor.shop.currency).as_decimal_string()
    return "" if value is None else str(value)


def _shop(
    request: HttpRequest, visitor: Visitor, error: DomainError | None = None, typed: dict[str, str] | None = None
) -> HttpResponse:
    found = visitor.shop
    wrong = error.data.get("field", "") if error else ""
    rows = []
    for one in SETTINGS:
        kept = _written(one, found.settings.get(one.key), visitor)
        rows.append(
            {
                "setting": one,
                "value": typed.get(one.key, "") if typed else kept,
                "on": (typed.get(one.key) == "1") if typed else bool(found.settings.get(one.key, one.default)),
                "default": _written(one, one.default, visitor),
                "error": error.detail if error and wrong == one.key else "",
            }
        )
    named = [*NEAR, *sorted(zones() - set(NEAR))]
    context = {
        "error": error,
        "wrong": wrong,
        "values": typed or {"name": found.name, "locale": found.locale, "timezone": found.timezone},
        "rows": rows,
        "languages": LANGUAGES,
        "zones": [(zone, zone) for zone in named],
        "fixed": FIXED,
        "floor": Money(promotions.floor_of(found.id), found.currency).as_decimal_string(),
    }
    return show(request, visitor, "settings/shop", context, page=PAGE, status=error.http_status if error else 200)
