"""What pages of subscriptions share: goods of a plan, the ways to sign, and the words of states."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodfor.catalog import queries as catalog
from goodfor.identity import queries as identity
from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.payments.types import AccountView, Instruction, SigningRequest
from goodfor.storefront.client import client_ip, device_of, scheme_and_host
from goodfor.storefront.page import allow_form_to, is_stand_in, show
from goodfor.storefront.payers import payer_of
from goodfor.storefront.plays import Goods
from goodfor.storefront.types import PayHint
from goodfor.storefront.views.payment import qr_of, usable
from goodfor.subscriptions import queries as subscriptions
from goodfor.subscriptions import states
from goodfor.subscriptions.types import PlanView, SubscriptionView

_CHANNELS: Final[Mapping[str, Any]] = {
    "wechat": gettext_lazy("微信支付"),
    "alipay": gettext_lazy("支付宝"),
    "stripe": gettext_lazy("银行卡"),
}
#: How a state is said to its member, and its tone.
STATES: Final[Mapping[str, tuple[Any, str]]] = {
    states.AWAITING: (gettext_lazy("正在确认签约和首期扣款"), "amber"),
    states.ACTIVE: (gettext_lazy("生效中"), "green"),
    states.PAST_DUE: (gettext_lazy("扣款没有成功"), "red"),
    states.PAUSED: (gettext_lazy("已暂停"), "plain"),
    states.ENDED: (gettext_lazy("已结束"), "plain"),
}
WHYS: Final[Mapping[str, Any]] = {
    states.CANCELLED: gettext_lazy("你取消了续订"),
    states.LAPSED: gettext_lazy("几次扣款都没有成功"),
    states.MANDATE_LOST: gettext_lazy("扣款授权已在支付渠道解除"),
    states.NOT_SIGNED: gettext_lazy("没有完成签约"),
    states.REFUSED_FIRST: gettext_lazy("首期扣款没有成功，没有扣钱"),
    states.ODD_AMOUNT: gettext_lazy("收到的金额不对，客服会联系你"),
    states.MONEY_BACK: gettext_lazy("已退款"),
    states.DISPUTED: gettext_lazy("银行已把款退回"),
    states.BY_STAFF: gettext_lazy("客服结束了这份订阅"),
    states.ERASED: gettext_lazy("账号已删除"),
}
PERIODS: Final[Mapping[str, Any]] = {
    states.DUE: gettext_lazy("待扣款"),
    states.CHARGING: gettext_lazy("扣款中"),
    states.PAID: gettext_lazy("已付"),
    states.CLOSED: gettext_lazy("已付"),
    states.FAILED: gettext_lazy("未扣款"),
    states.REFUNDED: gettext_lazy("已退款"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """A channel to sign by, as the page names it."""

    account_id: UUID
    label: str


def goods_in(shop_id: UUID, sku_ids: Sequence[UUID]) -> list[Goods]:
    """What of a plan's choice is on sale now, in its order."""
    found = {sku.id: Goods(card, sku) for card, sku in catalog.products_of_skus(shop_id, list(sku_ids))}
    return [found[sku_id] for sku_id in sku_ids if sku_id in found]


def ways(shop: ShopView, currency: str) -> list[Way]:
    """The ways to sign, by the name of their channel."""
    return [Way(one.id, _label(one)) for one in subscriptions.ways_to_sign(shop.id, currency, utc_now())]


def chosen_way(request: HttpRequest, found: Sequence[Way]) -> Way | None:
    """The one that was picked; of one alone that."""
    wanted = request.POST.get("way", "")
    return next((one for one in found if str(one.account_id) == wanted), found[0] if len(found) == 1 else None)


def cycle_words(months: int) -> str:
    """How often it is charged."""
    return {1: _("每月"), 3: _("每季度"), 12: _("每年")}[months]


def signing_request(request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, name: str, back: str) -> SigningRequest:
    """What the channel is told of who signs, without the account: see `for_account`."""
    view = identity.buyer_view(shop.id, buyer.buyer_id)
    base = str(getattr(settings, "GOODFOR_NOTIFY_URL", "")) or f"{scheme_and_host(request)}/pay/notify"
    payer = payer_of(request, shop.id, utc_now())
    return SigningRequest(
        subject=name, holder_name=view.name or _("会员"), notify_url=base, return_url=scheme_and_host(request) + back,
        client_ip=client_ip(request), device=device_of(request), payer=payer.channel_id or "",
    )  # fmt: skip


def for_account(asked: SigningRequest, shop: ShopView, account_id: UUID) -> SigningRequest:
    """The shop and the account are named by the address that the channel calls."""
    return replace(asked, notify_url=f"{asked.notify_url.rstrip('/')}/{shop.id}/{account_id}")


def to_sign(request: HttpRequest, view: PlanView, way: Way, instruction: Instruction, back: str) -> HttpResponse:
    """The page that leads to the channel, where the member gives his consent."""
    url = instruction.url
    if url.startswith("/"):
        url = scheme_and_host(request) + url
    hint = PayHint(instruction.kind, way.label, url, {str(k): str(v) for k, v in (instruction.fields or {}).items()})
    good = usable(hint)
    context = {
        "view": view,
        "way": hint if good else None,
        "label": way.label,
        "qr": qr_of(url) if good and hint.kind == "qr" else "",
        "stand_in_link": url if good and hint.kind == "qr" and is_stand_in(url) else "",
        "go_to": url if good and hint.kind == "redirect" else "",
        "back": back,
        "tab": "me",
    }
    response = show(request, "plan_sign", context)
    if good and hint.kind == "form":
        parts = urlsplit(url)
        allow_form_to(response, f"{parts.scheme}://{parts.netloc}")
    return response


def page_of(view: SubscriptionView) -> str:
    """The address of a subscription."""
    return reverse("storefront:me_subscription", args=[view.id])


def _label(one: AccountView) -> str:
    return str(_CHANNELS.get(one.provider, one.name))
