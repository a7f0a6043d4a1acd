"""How amounts, times, states and codes are written on buyer pages."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from goodfor.kernel.money import Money

register = template.Library()

BEIJING = ZoneInfo("Asia/Shanghai")
SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "HKD": "HK$", "SGD": "S$", "KRW": "₩"}
GROUP = 4
_PLAIN_CODE = re.compile(r"[0-9A-Za-z]{8,64}")
_FACE = re.compile(r"(?P<before>[^\d]{0,3}?)(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<after>[^\d]{0,6})")

STATES: Mapping[str, Any] = {
    "placed": gettext_lazy("待付款"),
    "paid": gettext_lazy("发货中"),
    "delivered": gettext_lazy("已发货"),
    "cancelled": gettext_lazy("已取消"),
    "expired": gettext_lazy("已过期"),
    "refunding": gettext_lazy("退款中"),
    "refunded": gettext_lazy("已退款"),
}
TONES = {
    "placed": "amber",
    "paid": "amber",
    "delivered": "green",
    "refunding": "amber",
    "refunded": "plain",
    "cancelled": "plain",
    "expired": "plain",
}
DELIVERY: Mapping[str, Any] = {
    "vault": gettext_lazy("自动发码"),
    "code": gettext_lazy("自动发码"),
    "codes": gettext_lazy("自动发码"),
    "supplier": gettext_lazy("自动采购发码"),
    "topup": gettext_lazy("直接充值到账户"),
    "entitlement": gettext_lazy("权益自动生效"),
}


@register.filter
def money(value: Money) -> SafeString:
    """¥9.90 with a small sign and tabular figures."""
    amount = value if not value.is_negative else -value
    whole, dot, decimals = amount.as_decimal_string().partition(".")
    return format_html(
        '<span class="money">{}<span class="money-sign">{}</span>{}{}</span>',
        "−" if value.is_negative else "",
        SIGNS.get(value.currency, value.currency + " "),
        f"{int(whole):,}",
        format_html('<span class="money-cents">{}{}</span>', dot, decimals) if dot else "",
    )


@register.filter
def plain_money(value: Money) -> str:
    """¥9.90 as bare text, for attributes."""
    return SIGNS.get(value.currency, value.currency + " ") + value.as_decimal_string()


@register.filter
def minor(value: Money) -> str:
    """Minor units as digits, for our own script; never with separators."""
    return str(value.amount_minor)


@register.filter
def when(value: datetime | None) -> SafeString | str:
    """A moment as people say it, in Beijing time, the full time on hover."""
    if value is None:
        return ""
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), full_time(value), ago(value))


@register.filter
def full_time(value: datetime | None) -> str:
    """2026-11-23 14:32:10, Beijing time."""
    return f"{value.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}" if value else ""


@register.filter
def clock_time(value: datetime | None) -> str:
    """14:32 today, else with the date, Beijing time."""
    if value is None:
        return ""
    there, today = value.astimezone(BEIJING), timezone.now().astimezone(BEIJING).date()
    return f"{there:%H:%M}" if there.date() == today else f"{there:%m-%d %H:%M}"


@register.filter
def day(value: datetime | None) -> str:
    """2026-11-23, Beijing time."""
    return f"{value.astimezone(BEIJING):%Y-%m-%d}" if value else ""


def ago(value: datetime) -> str:
    """刚刚, 3 分钟前, 2 小时前, else the date."""
    passed = timezone.now() - value
    minutes = int(passed / timedelta(minutes=1))
    if minutes < 1:
        return _("刚刚")
    if minutes < 60:
        return ngettext("%(n)d 分钟前", "%(n)d 分钟前", minutes) % {"n": minutes}
    if minutes < 24 * 60:
        hours = minutes // 60
        return ngettext("%(n)d 小时前", "%(n)d 小时前", hours) % {"n": hours}
    return f"{value.astimezone(BEIJING):%Y-%m-%d}"


@register.filter
def seconds(value: float | None) -> str:
    """0.8 秒, 42 秒, 3 分钟: a span in the unit that people would use."""
    if value is None:
        return ""
    if value < 1:
        return _("不到 1 秒")
    if value < 120:
        return ngettext("%(n)d 秒", "%(n)d 秒", round(value)) % {"n": round(value)}
    if value < 7200:
        return ngettext("%(n)d 分钟", "%(n)d 分钟", round(value / 60)) % {"n": round(value / 60)}
    return ngettext("%(n)d 小时", "%(n)d 小时", round(value / 3600)) % {"n": round(value / 3600)}


@register.filter
def thousands(value: int) -> str:
    """12,345."""
    return f"{value:,}"


@register.filter
def grouped(code: str) -> SafeString:
    """A code in groups of four that are one word when copied: the gaps are drawn, not written.

    Anything but plain letters and digits (a link, a code with its own dashes) is left as it is.
    """
    if not _PLAIN_CODE.fullmatch(code):
        return format_html("{}", code)
    parts = [code[i : i + GROUP] for i in range(0, len(code), GROUP)]
    return format_html_join("", '<span class="code-group">{}</span>', ((part,) for part in parts))


@register.filter
def face_parts(label: str) -> dict[str, str]:
    """A face value as a token shows it: the number large, its unit small; words without a number stay whole.

    `size` is l, m, s or xs by the width that number or words take.
    """
    match = _FACE.fullmatch(label.strip())
    if match is None:
        return {"before": "", "number": "", "after": "", "words": label, "size": _size(label)}
    parts = {name: (match[name] or "").strip() for name in ("before", "number", "after")}
    return {**parts, "words": "", "size": _size(parts["number"])}


def _size(text: str) -> str:
    """In digits: up to 2 large, 3 medium, 4 small, more extra small; a Chinese character is two digits wide."""
    width = sum(2 if ord(ch) > 0x2E7F else 1 for ch in text)
    return "l" if width <= 2 else "m" if width == 3 else "s" if width == 4 else "xs"


@register.filter
def state_label(state: str) -> str:
    """The state in words."""
    return str(STATES.get(state, state))


@register.filter
def state_tone(state: str) -> str:
    """green, amber or plain: how the state is stamped."""
    return TONES.get(state, "plain")


@register.filter
def delivery_label(kind: str) -> str:
    """How a product reaches the buyer, in words."""
    return str(DELIVERY.get(kind, DELIVERY["code"]))


@register.filter
def times(value: Money, quantity: int) -> Money:
    """Price times quantity."""
    return value * int(quantity)


@register.simple_tag
def other_language() -> dict[str, str]:
    """The language that one can switch to."""
    if translation.get_language() == "en":
        return {"code": "zh-hans", "name": "中文", "tag": "zh-Hans"}
    return {"code": "en", "name": "EN", "tag": "en"}
