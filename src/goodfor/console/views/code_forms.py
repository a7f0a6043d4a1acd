"""What people type about a file of codes, as the vault understands it."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodfor.console import words
from goodfor.console.columns import Text
from goodfor.console.types import Visitor
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.money import Money
from goodfor.vault.types import ImportOptions

SEPARATORS: Final[Mapping[str, tuple[Text, str | None]]] = {
    "": (gettext_lazy("自动识别"), None),
    "none": (gettext_lazy("每行一个卡密"), ""),
    "comma": (gettext_lazy("逗号 ,"), ","),
    "tab": (gettext_lazy("制表符"), "\t"),
    "semicolon": (gettext_lazy("分号 ;"), ";"),
    "bar": (gettext_lazy("竖线 |"), "|"),
    "dashes": (gettext_lazy("四个减号 ----"), "----"),
    "blank": (gettext_lazy("空格"), " "),
    "wide": (gettext_lazy("中文逗号 ，"), "，"),
    "colon": (gettext_lazy("冒号 :"), ":"),
}
ENCODINGS: Final[Mapping[str, Text]] = {
    "": gettext_lazy("自动识别"),
    "utf-8": "UTF-8",
    "gb18030": "GBK / GB18030",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
}
MOST_COLUMNS: Final = 8


class Wrong(InvalidInput):
    """A field that cannot be understood; `field` names it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def text_of(sent: QueryDict, name: str, most: int = 200) -> str:
    """A short text."""
    return sent.get(name, "").replace("\x00", "").strip()[:most]


def money_of(sent: QueryDict, name: str, visitor: Visitor) -> int:
    """An amount in the shop's currency, in minor units; nothing is zero. Raises Wrong."""
    text = text_of(sent, name, 30)
    try:
        value = Money.parse(text, visitor.shop.currency).amount_minor if text else 0
    except ValueError:
        raise Wrong(name, _("请写成 9.90 这样的金额")) from None
    if not 0 <= value < 10**12:
        raise Wrong(name, _("金额不能是负数，也不能太大"))
    return value


def last_day(sent: QueryDict, name: str, visitor: Visitor) -> datetime | None:
    """The midnight that ends the day by the shop's clock: the first moment when no longer good. Raises Wrong."""
    text = text_of(sent, name, 10)
    if not text:
        return None
    try:
        day = date.fromisoformat(text) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise Wrong(name, _("请写成 2026-12-31 这样的日期")) from None
    return datetime.combine(day, time(), ZoneInfo(visitor.shop.timezone))


def day_before(moment: datetime | None, visitor: Visitor) -> str:
    """The last good day of an expiry, for a form."""
    if moment is None:
        return ""
    return (moment.astimezone(ZoneInfo(visitor.shop.timezone)) - timedelta(microseconds=1)).date().isoformat()


def options_of(sent: QueryDict, visitor: Visitor) -> ImportOptions:
    """How to import. Raises Wrong."""
    roles = [role if role in words.COLUMN_ROLES else "" for role in sent.getlist("column")[:MOST_COLUMNS]]
    while roles and not roles[-1]:
        roles.pop()
    skip = text_of(sent, "skip", 6)
    if skip and not (skip.isascii() and skip.isdigit()):
        raise Wrong("skip", _("请填写整数行数"))
    encoding = sent.get("encoding", "")
    return ImportOptions(
        currency=visitor.shop.currency,
        unit_cost_minor=money_of(sent, "cost", visitor),
        expires_at=last_day(sent, "expires", visitor),
        use_first="use_first" in sent,
        note=text_of(sent, "note"),
        separator=SEPARATORS.get(sent.get("separator", ""), ("", None))[1],
        columns=tuple(role or "-" for role in roles) or None,
        skip_lines=int(skip) if skip else None,
        strict="strict" in sent,
        encoding=encoding if encoding and encoding in ENCODINGS else None,
        hold="hold" in sent,
    )


def form_of(options: ImportOptions, visitor: Visitor) -> dict[str, Any]:
    """The options as the form shows them."""
    separator = next((key for key, (_words, value) in SEPARATORS.items() if value == options.separator), "")
    cost = Money(options.unit_cost_minor, options.currency).as_decimal_string() if options.unit_cost_minor else ""
    columns = list(options.columns or ())
    return {
        "cost": cost,
        "expires": day_before(options.expires_at, visitor),
        "note": options.note,
        "use_first": options.use_first,
        "hold": options.hold,
        "strict": options.strict,
        "encoding": options.encoding or "",
        "separator": separator,
        "skip": "" if options.skip_lines is None else str(options.skip_lines),
        "columns": columns + [""] * (MOST_COLUMNS - len(columns)),
    }


def choices_of(names: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Choices for a select."""
    return [(key, str(value[0] if isinstance(value, tuple) else value)) for key, value in names.items()]


def uuid_of(text: str) -> UUID | None:
    """An id that a form sent."""
    try:
        return UUID(text)
    except ValueError:
        return None
