"""Where things of risk control have their pages: keys, decisions, what they are about, and pages of other parts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from goodfor.console import risk_words as words
from goodfor.console.types import Visitor
from goodfor.identity import queries as identity
from goodfor.orders import queries as orders
from goodfor.payments import queries as payments
from goodfor.payments.errors import PaymentNotFound
from goodfor.risk import queries
from goodfor.risk.types import KeyKind

Key = tuple[KeyKind, int]
Subject = tuple[str, UUID]
#: By which key a person is named, the first that is known.
_WHO: Final = (
    KeyKind.BUYER, KeyKind.PHONE, KeyKind.MAIL, KeyKind.DEVICE, KeyKind.ADDRESS, KeyKind.INSTRUMENT, KeyKind.NETWORK,
    KeyKind.BATCH, KeyKind.REFERRER,
)  # fmt: skip
_ENDING: Final = 4


@dataclass(frozen=True, slots=True)
class KeyName:
    """A key as people see it. `text` is masked where it is about a person."""

    kind: KeyKind
    key: int
    kind_words: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class SubjectName:
    """What an act was about; without `href` there is nothing to open."""

    text: str
    href: str


def page_of(name: str, *args: object, **query: object) -> str:
    """The address of a page with a query; empty where this installation has no such page."""
    try:
        where = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    given = {key: value for key, value in query.items() if value not in ("", None)}
    return f"{where}?{urlencode(given)}" if given else where


def key_page(kind: KeyKind, key: int) -> str:
    """The page of a key."""
    return reverse("desk:risk-entity", args=[str(kind), key])


def decisions_page(**query: object) -> str:
    """Decisions, as far as asked for."""
    return page_of("desk:risk-decisions", **query)


def who(keys: Mapping[KeyKind, int]) -> Key | None:
    """The key by which whoever acted is named."""
    return next(((kind, keys[kind]) for kind in _WHO if kind in keys), None)


def key_names(visitor: Visitor, wanted: Iterable[Key]) -> dict[Key, KeyName]:
    """What these keys are called; each has a name, also where the row that names it is gone."""
    asked = list(dict.fromkeys(wanted))
    found = queries.entities(visitor.shop.id, asked) if asked else {}
    labels = {place: found[place].label if place in found else "" for place in asked}
    people = _people(visitor, labels.values())
    return {
        (kind, key): KeyName(
            kind,
            key,
            _kind_words(kind, labels[kind, key]),
            _text(kind, key, labels[kind, key], people),
            key_page(kind, key),
        )
        for kind, key in asked
    }


def _kind_words(kind: KeyKind, label: str) -> str:
    """What a key is of; who acts is not always a buyer."""
    if kind is KeyKind.BUYER:
        sort = label.partition(":")[0]
        if sort in ("staff", "client"):
            return _("员工") if sort == "staff" else _("API 客户")
    return words.type_words(kind)


def _people(visitor: Visitor, labels: Iterable[str]) -> dict[str, str]:
    """The shop's own people and programs, by the names that acts carry."""
    kinds = {label.partition(":")[0] for label in labels}
    found: dict[str, str] = {}
    if "staff" in kinds:
        found |= {one.actor: one.username for one in identity.staff_of_shop(visitor.shop.id)}
    if "client" in kinds:
        found |= {f"client:{one.id}": one.name for one in identity.clients_of_shop(visitor.shop.id)}
    return found


def _text(kind: KeyKind, key: int, label: str, people: Mapping[str, str]) -> str:
    if not label:
        return f"…{str(key)[-_ENDING:]}"
    if kind not in (KeyKind.BUYER, KeyKind.REFERRER):
        return label
    sort, _colon, rest = label.partition(":")
    named = {
        "buyer": _("账号 …%(end)s"), "guest": _("访客 …%(end)s"), "client": _("API 客户 …%(end)s"),
        "staff": _("员工 …%(end)s"),
    }  # fmt: skip
    if label in people:
        return people[label]
    return named[sort] % {"end": rest[-_ENDING:]} if sort in named and rest else f"…{label[-_ENDING:]}"


def subject_names(visitor: Visitor, wanted: Iterable[Subject | None]) -> dict[Subject, SubjectName]:
    """What acts were about. An order that was never placed, since it was stopped, has no page."""
    asked = list(dict.fromkeys(one for one in wanted if one is not None))
    placed = {
        one.id: one.number for one in orders.desk_orders(visitor.shop.id, [i for kind, i in asked if kind == "order"])
    }
    found = {}
    for kind, subject_id in asked:
        number = placed.get(subject_id, "")
        if kind == "order":
            where = reverse("desk:order", args=[number]) if number else ""
            found[kind, subject_id] = SubjectName(number or _("没有下成的订单"), where)
        elif kind == "payment":
            found[kind, subject_id] = _payment(visitor, subject_id)
    return found


def _payment(visitor: Visitor, payment_id: UUID) -> SubjectName:
    try:
        number = payments.payment(visitor.shop.id, payment_id).number
    except PaymentNotFound:
        return SubjectName(_("没有这笔支付"), "")
    return SubjectName(number, reverse("desk:payment", args=[number]))
