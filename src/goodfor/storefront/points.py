"""A member's points in the shop: what they hold, what they buy, and paying with them."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext as _

from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.money import Money
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.types import GROWTH, Balance, CheckedIn, Expiring, Holder, MemberView
from goodfor.orders import queries as orders
from goodfor.orders.operations.pay_with_points import pay_with_points
from goodfor.storefront.account import current
from goodfor.storefront.errors import OrderNotFound

#: The code of the way to pay.
POINTS = "points"


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody holds, what it buys, what ends first, how far he has grown, and what may bring him more."""

    points: Balance
    buys: Money
    ends: Expiring | None
    growth: int
    today: CheckedIn | None = None
    #: Tasks that are offered, and those whose points can be taken.
    tasks: int = 0
    ready: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """So many points meet so much of a price."""

    units: int
    met: Money
    price: Money

    @property
    def rest(self) -> Money:
        """What is still paid with money."""
        return self.price - self.met


@dataclass(frozen=True, slots=True)
class Stands:
    """A member's tier as his page tells it: how far, what is missing, by when, and what comes next.

    `amount`, `missing`, `to_keep` are written out in what is counted, and `counts` says what that is; `percent` of the
    way to the next tier.
    """

    view: MemberView
    amount: str
    missing: str
    to_keep: str
    percent: int
    perks: tuple[str, ...]
    next_perks: tuple[str, ...]
    falls_to: str
    counts: str


def held_points(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> Held | None:
    """None: the shop gives no points, and the buyer holds none."""
    holder = Holder(buyer.buyer_id)
    points = loyalty.balance(shop.id, holder, now)
    if points == Balance() and not loyalty.gives_points(shop.id, now):
        return None
    ends = loyalty.expiring(shop.id, holder, now)
    growth = loyalty.balance(shop.id, Holder(buyer.buyer_id, GROWTH), now).available
    buys = Money(loyalty.worth_of(shop.id, points.available, now), shop.currency)
    today = loyalty.next_check_in(shop.id, buyer.buyer_id, loyalty.terms_at(shop.id, now), now)
    tasks = loyalty.tasks_of(shop.id, buyer.buyer_id, now) if loyalty.gives_points(shop.id, now) else []
    ready = sum(1 for one in tasks if one.ready)
    return Held(points, buys, ends[0] if ends else None, growth, today, len(tasks), ready)


def stands(shop: ShopView, buyer: SignedInBuyer, now: datetime) -> Stands | None:
    """None: the shop has no tiers."""
    view = loyalty.member(shop.id, buyer.buyer_id, now)
    if view is None:
        return None
    above = view.next_tier
    next_perks = loyalty.perks_of(above) if above else ()
    percent = 100 if above is None or not above.qualify else min(100, view.amount * 100 // above.qualify)
    return Stands(
        view, _written(shop, view, view.amount), _written(shop, view, view.to_next or 0),
        _written(shop, view, view.to_keep), percent, loyalty.perks_of(view.tier), next_perks,
        view.tiers.tiers[view.projected].name if view.projected < view.standing.rank else "",
        str(loyalty.COUNTS[view.tiers.metric, view.tiers.window]),
    )  # fmt: skip


def _written(shop: ShopView, view: MemberView, amount: int) -> str:
    """So much of what is counted, in words."""
    return loyalty.counted(view.tiers.metric, amount, shop.currency)


def meets_part(request: HttpRequest, shop: ShopView, amount: Money, pieces: int, now: datetime) -> Part | None:
    """What of a price the points of the member who is signed in may meet beside money; None: nothing."""
    buyer = current(request, shop)
    if buyer is None or amount.currency != shop.currency:
        return None
    met = loyalty.meets(shop.id, buyer.buyer_id, amount.amount_minor, pieces, now)
    return Part(met.units, Money(met.minor, amount.currency), amount) if met else None


def points_way(request: HttpRequest, shop: ShopView, amount: Money, now: datetime) -> list[tuple[str, str]]:
    """Points as a way to pay, where the member who is signed in holds enough of them."""
    buyer = current(request, shop)
    if buyer is None or amount.currency != shop.currency:
        return []
    units = loyalty.points_for(shop.id, amount.amount_minor, now)
    if not units or loyalty.balance(shop.id, Holder(buyer.buyer_id), now).available < units:
        return []
    if not orders.takes_balance(shop.id, amount.currency):
        return []
    return [(POINTS, _("积分（用 %(units)s 分）") % {"units": f"{units:,}"})]


def pay_by_points(request: HttpRequest, shop: ShopView, number: str, now: datetime) -> None:
    """Pay an order of the member who is signed in. Raises OrderNotFound for anybody else's, and as pay_with_points."""
    buyer = current(request, shop)
    if buyer is None:
        raise OrderNotFound
    order = orders.order_of_buyer(shop.id, buyer.ref, number)
    pay_with_points(shop_id=shop.id, order_id=order.id, buyer_id=buyer.buyer_id, now=now)
