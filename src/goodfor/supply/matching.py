"""Which items of suppliers are the same thing as a SKU: words, a score out of 100, and its reasons. Pure.

pg_trgm knows no Chinese under the C locale, so names are compared by pairs of neighbouring characters, Latin words and
numbers, full and half width alike; words that every seller writes are left out.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final
from unicodedata import normalize
from uuid import UUID

from goodfor.catalog.types import SkuLabel
from goodfor.kernel.money import EXPONENTS

#: Said of everything, so it tells nothing.
_NOISE: Final = re.compile(
    "自动发货|官方正品|官方直充|官方|正品|卡密|卡券|充值卡|充值|礼品卡|点卡|兑换码|激活码|秒发|秒到|即时到账|闪充|全国通用|通用|"
    "面值|现货|特价|特惠|优惠|批发|代充|在线|24小时|card|code|gift|official|instant|voucher|topup|digital"
)
#: A number with what may stand around it; the currency is no part of it.
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_LATIN: Final = re.compile(r"[a-z]{2,}")
#: Runs of letters of scripts without spaces.
_OTHER: Final = re.compile(r"[^\W\d_a-z]+")
_UNITS: Final = frozenset({"元", "块", "个", "张", "份", "rmb", "cny", "usd", "eur"})
#: Below it nothing is suggested; from it on a suggestion is ticked beforehand.
LEAST: Final = 45
SURE: Final = 80
_NAME, _FACE, _BRAND, _KIND = 60, 25, 10, 5
#: Of so many products the SKUs are compared with an item.
_PRODUCTS: Final = 16
_CHEAP, _LOST = Decimal("0.3"), 15


@dataclass(frozen=True, slots=True)
class Thing:
    """A SKU or an item, as it is compared. `cost`: a unit's, landed; `price`: what the shop sells it for."""

    id: UUID
    words: frozenset[str]
    face: Decimal | None
    kind: str
    brand: str = ""
    money: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """How alike two things are: 0 to 100, and why. Reasons are stable words."""

    score: int
    reasons: tuple[str, ...]


def plain(text: str) -> str:
    """Small letters, half width, without what every seller writes."""
    return _NOISE.sub(" ", normalize("NFKC", text).lower())


@lru_cache(maxsize=16_384)
def words_of(text: str) -> frozenset[str]:
    """酷玩 50 元 gives 酷玩 and #50. No word holds a space. Remembered: names are asked about again and again."""
    known = plain(text)
    found = {f"#{_number(one)}" for one in _NUMBER.findall(known)}
    found.update(word for word in _LATIN.findall(known) if word not in _UNITS)
    for run in _OTHER.findall(known):
        run = run.strip("元块个张份")
        found.update(run[at : at + 2] for at in range(len(run) - 1))
        if len(run) == 1:
            found.add(run)
    return frozenset(found)


@lru_cache(maxsize=16_384)
def face_of(text: str) -> Decimal | None:
    """The one number in a face value's label or a name; None where there is none, or several that differ."""
    numbers = {_number(one) for one in _NUMBER.findall(plain(text))}
    if len(numbers) != 1:
        return None
    try:
        return Decimal(numbers.pop())
    except InvalidOperation:
        return None


def compare(sku: Thing, item: Thing) -> Match | None:
    """None: certainly another thing (another kind of goods, another face value), or too little alike."""
    if sku.kind != item.kind:
        return None
    shares = name_likeness(sku.words, item.words)
    if not shares:
        return None
    score, reasons = Decimal(_NAME) * shares + _KIND, ["name" if shares >= Decimal("0.6") else "name_partly"]
    if sku.face is not None and item.face is not None:
        if sku.face != item.face:
            return None
        score, reasons = score + _FACE, [*reasons, "face"]
    elif sku.face is not None and f"#{_number(str(sku.face))}" in item.words:
        score, reasons = score + _FACE * Decimal("0.8"), [*reasons, "face_in_name"]
    brand = words_of(item.brand) if item.brand else frozenset()
    if brand and brand <= sku.words:
        score, reasons = score + _BRAND, [*reasons, "brand"]
    elif not brand and shares >= Decimal("0.8"):
        score += _BRAND
    if sku.money and item.money is not None:
        if item.money > sku.money:
            score, reasons = score - _LOST, [*reasons, "dearer"]
        elif item.money < sku.money * _CHEAP:
            score, reasons = score - _LOST, [*reasons, "very_cheap"]
    points = max(0, min(100, int(score)))
    return Match(points, tuple(reasons)) if points >= LEAST else None


def name_likeness(one: frozenset[str], other: frozenset[str]) -> Decimal:
    """0 to 1: how much of the shorter name's words the other has, weighed by how much of the longer that is.

    Numbers are judged as face values, not here.
    """
    mine, theirs = _named(one), _named(other)
    both = len(mine & theirs)
    if not both:
        return Decimal(0)
    held = Decimal(both) / min(len(mine), len(theirs))
    dice = Decimal(2 * both) / (len(mine) + len(theirs))
    return (held + dice) / 2


def key_words(sku: Thing, most: int = 24) -> list[str]:
    """By which items are looked for: what the SKU is called, without numbers."""
    return sorted(_named(sku.words))[:most]


def thing_of(label: SkuLabel) -> Thing:
    """A SKU as it is compared."""
    words = words_of(label.product_name) | words_of(label.name) | words_of(label.face_value_label)
    money = Decimal(label.price.amount_minor).scaleb(-EXPONENTS[label.price.currency])
    return Thing(label.id, words, _face(label), "code" if label.delivery_kind == "code" else "direct", money=money)


def _face(label: SkuLabel) -> Decimal | None:
    found = face_of(label.face_value_label)
    return face_of(label.name) if found is None else found


class Shelf:
    """The SKUs of a shop by the words of their products: which are worth comparing with an item."""

    def __init__(self, labels: Iterable[SkuLabel]) -> None:
        self._products: dict[str, list[SkuLabel]] = defaultdict(list)
        for label in labels:
            self._products[label.product_name].append(label)
        self._by_word: dict[str, list[str]] = defaultdict(list)
        for product, some in self._products.items():
            words = set(words_of(product)).union(*(words_of(label.name) for label in some))
            for word in words:
                if not word.startswith("#"):
                    self._by_word[word].append(product)

    def best(self, item: Thing, dismissed: frozenset[UUID], most: int = 3) -> Sequence[tuple[UUID, Match]]:
        """The SKUs that the item may be, best first. Only of the products with the most words in common."""
        shared: Counter[str] = Counter()
        for word in _named(item.words):
            shared.update(self._by_word.get(word, ()))
        found = []
        for product, _count in shared.most_common(_PRODUCTS):
            for label in self._products[product]:
                face = _face(label)
                if label.id in dismissed or (face is not None and item.face is not None and face != item.face):
                    continue
                match = compare(thing_of(label), item)
                found += [(label.id, match)] if match else []
        return sorted(found, key=lambda pair: (-pair[1].score, pair[0]))[:most]


def _named(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if not word.startswith("#"))


def _number(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text.lstrip("0") or "0"
