"""Section 2: what a revision has to meet before anything is reckoned."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from goodfor.promotions.cart_types import Cart, CartLine, Choice, Live
from goodfor.promotions.spec_types import BY_CHOICE, BY_COUPON, BundlePrice, Compare, Condition, Join, Scope, Window

#: Three-valued: None is unknown.
Truth = bool | None


def in_window(window: Window, cart: Cart, zone: ZoneInfo) -> bool:
    if cart.now < window.starts_at or cart.now >= window.ends_at:
        return False
    there = cart.now.astimezone(zone)
    if window.weekdays and there.isoweekday() not in window.weekdays:
        return False
    minute = timedelta(hours=there.hour, minutes=there.minute) // timedelta(minutes=1)
    return not window.hours or any(minute in range(since, to) for since, to in window.hours)


def truth(condition: Condition, cart: Cart) -> Truth:
    """Kleene: `and` is the least of its parts and `or` the greatest, unknown lies between false and true."""
    if isinstance(condition, Compare):
        return compared(condition, cart)
    rank = {False: 0, None: 1, True: 2}
    parts = [truth(part, cart) for part in condition.parts]
    return joined(condition, parts, rank)


def joined(condition: Join, parts: list[Truth], rank: dict[Truth, int]) -> Truth:
    if condition.op == "not":
        return {True: False, False: True, None: None}[parts[0]]
    if condition.op == "and":
        return min(parts, key=lambda part: rank[part])
    assert condition.op == "or"
    return max(parts, key=lambda part: rank[part])


def kind(value: object) -> str:
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, int):
        return "number"
    return "tags"


def compared(asked: Compare, cart: Cart) -> Truth:
    """A fact of another type than what it is compared with is missing."""
    if asked.fact not in cart.facts:
        return None
    fact, value = cart.facts[asked.fact], asked.value
    if asked.op == "has":
        return value in fact if isinstance(fact, frozenset) and isinstance(value, str) else None
    if kind(fact) != kind(value) or isinstance(fact, frozenset) or isinstance(value, str):
        return None
    sign = (fact > value) - (fact < value)
    return {
        "eq": sign == 0, "ne": sign != 0, "lt": sign < 0, "le": sign <= 0, "gt": sign > 0, "ge": sign >= 0,
    }[asked.op]  # fmt: skip


def names(scope: Scope, line: CartLine) -> bool:
    if line.bundle is not None and not scope.bundles:
        return False
    if line.sku_id in scope.without_skus or line.product_id in scope.without_products:
        return False
    if line.category_id in scope.without_categories:
        return False
    named = (line.sku_id in scope.skus, line.product_id in scope.products, line.category_id in scope.categories)
    return scope.everything or any(named)


def lines_in_scope(live: Live, cart: Cart) -> list[int]:
    """By index. Of a bundle price: the lines of the instances that name it."""
    if isinstance(live.spec.effect, BundlePrice):
        mine = [one.instance for one in cart.bundles if one.revision_id == live.revision_id]
        return [i for i, line in enumerate(cart.lines) if line.bundle in mine]
    return [i for i, line in enumerate(cart.lines) if names(live.spec.scope, line)]


def chosen(live: Live, cart: Cart, line: CartLine) -> Choice | None:
    """The first choice of this campaign for the line's SKU."""
    for choice in cart.choices:
        if choice.campaign_id == live.campaign_id and choice.sku_id == line.sku_id:
            return choice
    return None


def first_unmet(live: Live, cart: Cart, zone: ZoneInfo) -> str:
    """The first of 1 to 4 that a revision does not meet; it has a line in scope."""
    if not in_window(live.spec.window, cart, zone):
        return "window"
    if live.spec.channels and cart.channel not in live.spec.channels:
        return "channel"
    if live.spec.trigger == BY_COUPON and all(one.campaign_id != live.campaign_id for one in cart.coupons):
        return "coupon"
    if live.spec.trigger == BY_CHOICE and not eligible(live, cart):
        return "choice"
    if live.spec.audience is not None and truth(live.spec.audience, cart) is not True:
        return "audience"
    return ""


def eligible(live: Live, cart: Cart) -> list[int]:
    """Lines in scope; by choice only those of the chosen SKU."""
    found = lines_in_scope(live, cart)
    if live.spec.trigger == BY_CHOICE:
        return [i for i in found if chosen(live, cart, cart.lines[i])]
    return found
