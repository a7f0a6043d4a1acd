"""`{% load kit %}`: how things are written, and the small parts that are too many per page for a component."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.http import HttpRequest, QueryDict
from django.template.context import Context
from django.templatetags.static import static
from django.utils import translation
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from goodfor.kernel.money import Money
from goodfor.kit import marks, words, writing

register = template.Library()

for _filter in (
    writing.money,
    writing.plain_money,
    writing.minor,
    writing.when,
    writing.exact,
    writing.full_time,
    writing.to_minute,
    writing.clock_time,
    writing.day,
    writing.seconds,
    writing.thousands,
    writing.percent,
    writing.grouped,
    writing.face_parts,
    words.state_label,
    words.state_tone,
    words.delivery_label,
):
    register.filter(_filter.__name__, _filter)

ICON_SIZES = {"16": " icon-16", "20": "", "24": " icon-24", "40": " icon-40"}
TICKS = ("CheckboxInput",)
#: Between the pages shown around the present one and the ends stands a gap.
AROUND = 2


@register.filter
def html_attrs(attrs: Any) -> SafeString:
    """The attributes that a component passes on, each value escaped: cotton's own `{{ attrs }}` trusts its values.

    True gives a bare attribute, None and False none.
    """
    given = attrs.attrs_dict() if hasattr(attrs, "attrs_dict") else {}
    return format_html_join(" ", "{}", ((_attribute(name, value),) for name, value in given.items() if _given(value)))


def _given(value: Any) -> bool:
    return value is not None and value is not False


def _attribute(name: str, value: Any) -> SafeString:
    if value is True:
        return format_html("{}", name)
    # What a template rendered is escaped already, but quotes that the template's author wrote are not.
    text = conditional_escape(value).replace('"', "&quot;")
    return format_html('{}="{}"', name, SafeString(text))


@register.filter
def times(value: Money, quantity: int) -> Money:
    """Price times quantity."""
    return value * int(quantity)


@register.filter
def currency_sign(value: Money) -> str:
    """¥ of an amount."""
    return writing.sign_of(value.currency)


@register.simple_tag
def icon(name: str, size: str | int = 20, label: str = "") -> SafeString:
    """An icon of the sprite, 16, 20, 24 or 40 px; without a label it is decoration and not read out."""
    return _icon(name, str(size), str(label) if label else "", static("kit/icons.svg"))


# A page has eighty, and few of them differ. `typed`: what is escaped already is not what reads the same.
@lru_cache(maxsize=1_000, typed=True)
def _icon(name: str, size: str, label: str, sprite: str) -> SafeString:
    said = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon{}" {} focusable="false"><use href="{}#{}"></use></svg>',
        ICON_SIZES[size],
        said,
        sprite,
        name,
    )


@register.simple_tag
def face(label: Any) -> SafeString:
    """A face value as a token shows it: the number large, its unit small; words without a number stay whole."""
    parts = writing.face_parts(str(label))
    if parts["words"]:
        return format_html(
            '<span class="face face-{}"><span class="face-words">{}</span></span>', parts["size"], parts["words"]
        )
    unit = '<span class="face-unit">{}</span>'
    return format_html(
        '<span class="face face-{}">{}<span class="face-number">{}</span>{}</span>',
        parts["size"],
        format_html(unit, parts["before"]) if parts["before"] else "",
        parts["number"],
        format_html(unit, parts["after"]) if parts["after"] else "",
    )


@register.simple_tag
def seal(text: Any, tone: str = "plain") -> SafeString:
    """The stamp on a thing of value: 有效, 已使用, 已退款. Tones: green, amber, red, plain."""
    return format_html('<span class="seal seal-{}">{}</span>', tone, text)


@register.simple_tag
def badge(text: Any, tone: str = "plain", dot: bool = False) -> SafeString:
    """What state something is in, for lists. Tones: green, amber, red, plain."""
    return format_html('<span class="badge badge-{}{}">{}</span>', tone, " badge-dot" if dot else "", text)


@register.simple_tag
def state_badge(state: str) -> SafeString:
    """An order's state as a badge."""
    return badge(words.state_label(state), words.state_tone(state), dot=True)


@register.simple_tag
def qr(text: str, label: str, scale: int = 5) -> SafeString:
    """A QR code as SVG; black on white in every theme, so that every scanner reads it."""
    return marks.qr(text, label, scale)


@register.simple_tag
def code128(text: str, label: str) -> SafeString:
    """A Code 128 bar code as SVG; nothing for text that it cannot hold."""
    return marks.code128(text, label)


@register.simple_tag(takes_context=True)
def theme(context: Context) -> SafeString:
    """The attribute of <html> that the reader's choice of theme makes: nothing, or data-theme="dark"."""
    request: HttpRequest | None = context.get("request")
    chosen = request.COOKIES.get("gf_theme", "") if request else ""
    return format_html(' data-theme="{}"', chosen) if chosen in ("light", "dark") else SafeString("")


@register.simple_tag(takes_context=True)
def query_with(context: Context, **changes: Any) -> str:
    """The present address's query with changes; None takes a parameter out. Works inside of components, too."""
    request: HttpRequest | None = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def lang_tag() -> str:
    """zh-Hans or en, for <html lang>."""
    return "en" if translation.get_language() == "en" else "zh-Hans"


@register.simple_tag
def other_language() -> dict[str, str]:
    """The language that one can switch to."""
    if translation.get_language() == "en":
        return {"code": "zh-hans", "name": "中文", "tag": "zh-Hans"}
    return {"code": "en", "name": "EN", "tag": "en"}


@register.simple_tag
def control(field: BoundField, placeholder: str = "") -> SafeString:
    """A Django form field's own widget, dressed; hint and error are tied to it by Django (aria-describedby)."""
    attrs: dict[str, str | bool] = {}
    if type(field.field.widget).__name__ in TICKS:
        attrs["class"] = "box"
    if placeholder:
        attrs["placeholder"] = placeholder
    return field.as_widget(attrs=attrs)


@register.filter
def is_tick(field: BoundField) -> bool:
    """True for a checkbox, whose label stands behind it."""
    return type(field.field.widget).__name__ in TICKS


@register.filter
def page_numbers(page: int | str, pages: int | str) -> list[dict[str, Any]]:
    """The pages to link: first, last and those around this one; number None is a gap, `far` ones a phone leaves out."""
    here, last = int(page), max(1, int(pages))
    shown = sorted({1, last, *range(max(1, here - AROUND), min(last, here + AROUND) + 1)})
    found: list[dict[str, Any]] = []
    before = 0
    for number in shown:
        if before and number - before == 2:
            found.append({"number": number - 1, "far": True})
        elif before and number - before > 2:
            found.append({"number": None, "far": False})
        found.append({"number": number, "far": abs(number - here) > 1 and number not in (1, last)})
        before = number
    return found


@register.filter
def split(text: str, by: str = ",") -> list[str]:
    """Words of an attribute."""
    return [part.strip() for part in str(text).split(by) if part.strip()]


@register.filter
def same(left: Any, right: Any) -> bool:
    """True when both are the same text: 1 and "1"."""
    return str(left) == str(right)


@register.filter
def chart_rows(data: Mapping[str, Any]) -> list[list[str]]:
    """A chart's rows as its table shows them: amounts (in minor units) with decimals, numbers with separators."""
    return [[str(row[0]), *(_figure(value, data.get("format", "number")) for value in row[1:])] for row in _rows(data)]


def _rows(data: Mapping[str, Any]) -> Iterable[Sequence[Any]]:
    rows: Iterable[Sequence[Any]] = data["rows"]
    return rows


def _figure(value: Any, kind: str) -> str:
    if value is None:
        return "–"
    if kind == "money":
        return f"{value / 100:,.2f}"
    return f"{value}%" if kind == "percent" else f"{value:,}"
