"""How amounts, moments, spans, codes and face values are written for people."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from goodfor.kernel.money import Money

BEIJING = ZoneInfo("Asia/Shanghai")
SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "JP¥", "HKD": "HK$", "SGD": "S$", "KRW": "₩"}
GROUP = 4
_PLAIN_CODE = re.compile(r"[0-9A-Za-z]{8,64}")
_FACE = re.compile(r"(?P<before>[^\d]{0,3}?)(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<after>[^\d]{0,6})")


def sign_of(currency: str) -> str:
    """¥ for CNY; a currency without a sign keeps its letters and a space."""
    return SIGNS.get(currency, currency + " ")


def money(value: Money | None) -> SafeString | str:
    """¥9.90 with a small sign and tabular figures; nothing for None."""
    if value is None:
        return ""
    amount = value if not value.is_negative else -value
    whole, dot, decimals = amount.as_decimal_string().partition(".")
    return format_html(
        '<span class="money">{}<span class="money-sign">{}</span>{}{}</span>',
        "−" if value.is_negative else "",
        sign_of(value.currency),
        f"{int(whole):,}",
        format_html('<span class="money-cents">{}{}</span>', dot, decimals) if dot else "",
    )


def plain_money(value: Money) -> str:
    """¥9.90 as bare text, for attributes."""
    return sign_of(value.currency) + value.as_decimal_string()


def minor(value: Money) -> str:
    """Minor units as digits, for our own script; never with separators."""
    return str(value.amount_minor)


def when(value: datetime | None) -> SafeString | str:
    """A moment as people say it, in Beijing time, the full time on hover."""
    if value is None:
        return ""
    return format_html('<time datetime="{}" title="{}">{}</time>', value.isoformat(), full_time(value), ago(value))


def exact(value: datetime | None) -> SafeString | str:
    """A moment to the minute, in Beijing time, to the second on hover: for lists that are compared."""
    if value is None:
        return ""
    there = value.astimezone(BEIJING)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), full_time(value), f"{there:%Y-%m-%d %H:%M}"
    )


def full_time(value: datetime | None) -> str:
    """2026-11-23 14:32:10, Beijing time."""
    return f"{value.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}" if value else ""


def to_minute(value: datetime | None) -> str:
    """2026-11-23 14:32, Beijing time: for what is planned, where seconds say nothing."""
    return f"{value.astimezone(BEIJING):%Y-%m-%d %H:%M}" if value else ""


def clock_time(value: datetime | None) -> str:
    """14:32 today, else with the date, Beijing time."""
    if value is None:
        return ""
    there, today = value.astimezone(BEIJING), timezone.now().astimezone(BEIJING).date()
    return f"{there:%H:%M}" if there.date() == today else f"{there:%m-%d %H:%M}"


def day(value: datetime | None) -> str:
    """2026-11-23, Beijing time."""
    return f"{value.astimezone(BEIJING):%Y-%m-%d}" if value else ""


def ago(value: datetime) -> str:
    """刚刚, 3 分钟前, 2 小时前, else the date. What lies ahead is written out."""
    passed = timezone.now() - value
    minutes = int(passed / timedelta(minutes=1))
    if passed < timedelta(minutes=-1):
        return f"{value.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    if minutes < 1:
        return _("刚刚")
    if minutes < 60:
        return ngettext("%(n)d 分钟前", "%(n)d 分钟前", minutes) % {"n": minutes}
    if minutes < 24 * 60:
        hours = minutes // 60
        return ngettext("%(n)d 小时前", "%(n)d 小时前", hours) % {"n": hours}
    return f"{value.astimezone(BEIJING):%Y-%m-%d}"


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


def percent(value: float | None) -> str:
    """99.87%, cut and not rounded: what is not whole never shows as 100%. A dash for None."""
    if value is None:
        return "–"
    cut = int(value * 10_000 + 1e-6) / 100
    return f"{cut:.0f}%" if cut == int(cut) else f"{cut:.2f}%"


def thousands(value: int | None) -> str:
    """12,345; a dash for None."""
    return "–" if value is None else f"{value:,}"


def grouped(code: str) -> SafeString:
    """A code in groups of four that are one word when copied: the gaps are drawn, not written.

    Anything but plain letters and digits (a link, a code with its own dashes) is left as it is.
    """
    if not _PLAIN_CODE.fullmatch(code):
        return format_html("{}", code)
    parts = [code[i : i + GROUP] for i in range(0, len(code), GROUP)]
    return format_html_join("", '<span class="code-group">{}</span>', ((part,) for part in parts))


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
