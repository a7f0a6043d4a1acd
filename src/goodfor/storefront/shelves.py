"""The wallet's shelves: what somebody holds, kind by kind, each as the same calm rows.

A kind of thing is one function in `SHELVES`: (shop, buyer, now, after, limit) -> a page of `Thing`, those that end
first before others. Nothing else knows which kinds there are.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from goodfor.cards import queries as cards
from goodfor.cards.types import HeldCard
from goodfor.gifts import queries as gifts
from goodfor.gifts.types import HeldCodes
from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kit.writing import plain_money
from goodfor.loyalty import queries as loyalty
from goodfor.promotions import queries as promotions
from goodfor.promotions.saying import effect_text
from goodfor.promotions.types import CouponView
from goodfor.storefront.balance import held_by
from goodfor.storefront.points import held_points
from goodfor.subscriptions import queries as subscriptions
from goodfor.subscriptions.states import LIVE as LIVE_PLANS
from goodfor.subscriptions.types import SubscriptionView

_LATEST: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do with a thing, by one tap. `post`: it is a form's button."""

    label: str
    url: str
    post: bool = False


@dataclass(frozen=True, slots=True)
class Thing:
    """One row: its icon, what it is, a line about it, when it ends, a seal (words, tone), what can be done with it."""

    icon: str
    title: str
    detail: str
    ends_at: datetime | None = None
    seal: tuple[str, str] | None = None
    steps: tuple[Step, ...] = ()

    @property
    def order(self) -> datetime:
        """By when it ends; what never does comes last."""
        return self.ends_at or _LATEST


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of one kind; `next`: where it goes on, empty for nowhere."""

    things: Sequence[Thing]
    next: str = ""


Read = Callable[[ShopView, SignedInBuyer, datetime, str, int], Shelf]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that somebody may hold, as it is chosen in an address, and read."""

    name: str
    label: Any
    read: Read


def _codes(shop: ShopView, buyer: SignedInBuyer, now: datetime, after: str, limit: int) -> Shelf:
    found = gifts.codes_held(shop.id, buyer.ref, now, after, limit + 1)
    shown = found[:limit]
    things = [_code(one) for one in shown if one.unseen or one.seen or one.waiting]
    return Shelf(things, shown[-1].place if len(found) > limit else "")


def _code(one: HeldCodes) -> Thing:
    said = []
    if one.unseen:
        said.append(ngettext("%(n)d 张没看过", "%(n)d 张没看过", one.unseen) % {"n": one.unseen})
    if one.seen:
        said.append(ngettext("%(n)d 张已查看", "%(n)d 张已查看", one.seen) % {"n": one.seen})
    if one.waiting:
        said.append(ngettext("%(n)d 张等朋友收下", "%(n)d 张等朋友收下", one.waiting) % {"n": one.waiting})
    if one.gift_id is not None:
        steps = [Step(_("看码"), reverse("storefront:gift_got", args=[one.number]))]
        if one.seen:
            steps.append(Step(_("用不了？"), reverse("storefront:gift_claim", args=[one.number])))
        seal: tuple[str, str] | None = (_("朋友送的"), "plain")
    else:
        line = urlencode({"line": str(one.id)})
        steps = [Step(_("看码"), reverse("storefront:order", args=[one.number]))]
        if one.unseen:
            steps.append(Step(_("送给朋友"), f"{reverse('storefront:give_codes', args=[one.number])}?{line}"))
        steps.append(Step(_("用不了？"), f"{reverse('storefront:claim', args=[one.number])}?{line}"))
        seal = (_("没看过"), "green") if one.unseen else None
    return Thing("ticket", one.title, _("，").join(said), one.ends_at, seal, tuple(steps))


def _cards(shop: ShopView, buyer: SignedInBuyer, now: datetime, after: str, limit: int) -> Shelf:
    found = cards.cards_of_holder(shop.id, buyer.ref, now, after, limit + 1)
    shown = found[:limit]
    return Shelf([_card(one) for one in shown], shown[-1].place if len(found) > limit else "")


def _card(one: HeldCard) -> Thing:
    card = one.card
    detail = _("还有 %(left)s") % {"left": plain_money(card.left)} if card.left is not None else _("可兑换商品")
    if one.given:
        return Thing("card", card.program.name, detail, card.expires_at, (_("等朋友收下"), "amber"), (_all_gifts(),))
    steps = (
        Step(_("去使用"), reverse("storefront:use_card", args=[card.card_id]), post=True),
        Step(_("送给朋友"), reverse("storefront:give_card", args=[card.card_id])),
    )
    return Thing("card", card.program.name, detail, card.expires_at, None, steps)


def _coupons(shop: ShopView, buyer: SignedInBuyer, now: datetime, after: str, limit: int) -> Shelf:
    found = promotions.coupons_held(shop.id, buyer.ref, now, after, limit + 1)
    shown = found[:limit]
    return Shelf(
        [_coupon(one, shop) for one in shown], promotions.place_of(shown[-1]) if len(found) > limit else ""
    )  # fmt: skip


def _coupon(one: CouponView, shop: ShopView) -> Thing:
    detail, ends_at = effect_text(one.spec.effect, {}, shop.currency), one.expires_at or one.spec.window.ends_at
    if one.being_given:
        return Thing("tag", one.name, detail, ends_at, (_("等朋友收下"), "amber"), (_all_gifts(),))
    steps = [Step(_("去使用"), reverse("storefront:home"))]
    if one.giftable:
        steps.append(Step(_("送给朋友"), reverse("storefront:gift_coupon", args=[one.id])))
    return Thing("tag", one.name, detail, ends_at, None, tuple(steps))


def _points(shop: ShopView, buyer: SignedInBuyer, now: datetime, _after: str, _limit: int) -> Shelf:
    held = held_points(shop, buyer, now)
    if held is None or not held.points.available:
        return Shelf([])
    units, steps = f"{held.points.available:,}", [Step(_("查看明细"), reverse("storefront:me_points"))]
    detail = _("可抵 %(amount)s") % {"amount": plain_money(held.buys)} if held.buys.amount_minor else ""
    if held.ends is not None:
        ending = _("其中 %(n)s 分最先到期") % {"n": f"{held.ends.units:,}"}
        detail = f"{detail}{_('，')}{ending}" if detail else ending
    if loyalty.terms_at(shop.id, now).transferable:
        steps.append(Step(_("送给朋友"), reverse("storefront:give_points")))
    ends_at = held.ends.at if held.ends else None
    return Shelf([Thing("token", _("%(n)s 积分") % {"n": units}, detail, ends_at, None, tuple(steps))])


def _balance(shop: ShopView, buyer: SignedInBuyer, _now: datetime, _after: str, _limit: int) -> Shelf:
    held = held_by(shop, buyer)
    if not held.amount_minor:
        return Shelf([])
    return Shelf([Thing("wallet", _("余额 %(held)s") % {"held": plain_money(held)}, _("付款时可以直接用，长期有效"))])


def _plans(shop: ShopView, buyer: SignedInBuyer, now: datetime, _after: str, _limit: int) -> Shelf:
    held = subscriptions.subscriptions_of(shop.id, buyer.buyer_id, now)
    return Shelf([_plan(shop, one, now) for one in held if one.state in LIVE_PLANS])


def _plan(shop: ShopView, one: SubscriptionView, now: datetime) -> Thing:
    """What may be picked now, and until when it is paid."""
    here = reverse("storefront:me_subscription", args=[one.id])
    period = subscriptions.open_period(shop.id, one.id, now)
    left = period.left if period is not None and period.open else 0
    detail = ngettext("还能选 %(n)d 样", "还能选 %(n)d 样", left) % {"n": left} if left else _("这一期已经选完")
    if period is None:
        detail = _("还没有付过款的一期")
    step = Step(_("去选") if left else _("查看方案"), here)
    return Thing("calendar", one.plan.name, detail, one.paid_until, (_("可以选了"), "green") if left else None, (step,))


def _all_gifts() -> Step:
    return Step(_("看礼物"), reverse("storefront:my_gifts"))


#: In the order in which they are offered as filters. Another kind of thing is another line here.
SHELVES: Final[tuple[Kind, ...]] = (
    Kind("codes", gettext_lazy("卡密"), _codes),
    Kind("plan", gettext_lazy("订阅方案"), _plans),
    Kind("card", gettext_lazy("礼品卡"), _cards),
    Kind("coupon", gettext_lazy("优惠券"), _coupons),
    Kind("points", gettext_lazy("积分"), _points),
    Kind("balance", gettext_lazy("余额"), _balance),
)


def all_shelves(shop: ShopView, buyer: SignedInBuyer, now: datetime, limit: int) -> tuple[list[Thing], list[Kind]]:
    """The first things of all kinds, those that end first before others, and the kinds of which there are more."""
    read = [(kind, kind.read(shop, buyer, now, "", limit)) for kind in SHELVES]
    found = sorted((thing for _kind, shelf in read for thing in shelf.things), key=lambda thing: thing.order)
    shown = set(map(id, found[:limit]))
    more = [kind for kind, shelf in read if shelf.next or any(id(thing) not in shown for thing in shelf.things)]
    return found[:limit], more
