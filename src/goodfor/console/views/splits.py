"""Splits at the channels: who gets a standing share, and what is frozen until it is shared out."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from goodfor.console import split_words
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof
from goodfor.console.types import Visitor
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.payments import queries as payments
from goodfor.payments.errors import ReceiverInvalid, SharesTooLarge
from goodfor.payments.operations.receivers import add_receiver, ask_again, remove_receiver, set_share
from goodfor.payments.operations.return_again import return_again
from goodfor.payments.operations.share_out import share_out
from goodfor.payments.types import PotView, SplittingAccount

PAGE: Final = "desk:splits"
SHOWN: Final = 100
Act = Callable[[HttpRequest, Visitor], str]


@sensitive_post_parameters("name")
@console_page(Permission.PAYMENTS_VIEW, methods=("GET", "POST"))
def splits(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Receivers with their shares, and payments that are or were frozen; newest first."""
    if request.method != "POST":
        return _page(request, visitor)
    name = request.POST.get("act", "")
    if name not in _ACTS:
        raise InvalidInput
    permission, act = _ACTS[name]
    if not visitor.may(permission):
        raise NotAllowed
    require_fresh_proof(request)
    try:
        return done(request, act(request, visitor), PAGE)
    except (ReceiverInvalid, SharesTooLarge) as error:
        return _page(request, visitor, error)


def _page(request: HttpRequest, visitor: Visitor, error: DomainError | None = None) -> HttpResponse:
    accounts = payments.splitting_accounts(visitor.shop.id)
    pots = payments.pots(visitor.shop.id, limit=SHOWN)
    frozen = [pot for pot in pots if pot.state == "frozen"]
    context = {
        "accounts": [_sheet(account) for account in accounts],
        "pots": [_row(pot) for pot in pots],
        "frozen": Money(sum(pot.frozen.amount_minor for pot in frozen), visitor.shop.currency),
        "frozen_count": len(frozen),
        "kinds": [(key, str(text)) for key, text in split_words.KINDS.items()],
        "relations": [(key, str(text)) for key, text in split_words.RELATIONS.items()],
        "may_configure": visitor.may(Permission.PAYMENTS_CONFIGURE),
        "may_resolve": visitor.may(Permission.PAYMENTS_RESOLVE),
        "typed": {} if error is None else request.POST,
        "bad": _bad(error),
    }
    return show(request, visitor, "splits", context, page=PAGE, status=error.http_status if error else 200)


def _sheet(account: SplittingAccount) -> dict[str, Any]:
    return {
        "one": account.account,
        "limit": account.percent,
        "allotted": percent_of(account.allotted),
        "hold": account.hold_hours,
        "receivers": [
            (one, split_words.KINDS[one.kind], percent_of(one.basis_points), *split_words.RECEIVER_STATES[one.state])
            for one in account.receivers
        ],
    }


def _row(pot: PotView) -> dict[str, Any]:
    return {"pot": pot, "state": split_words.pot_state(pot), "shares": [share_row(share) for share in pot.shares]}


def share_row(share: payments.ShareView) -> tuple[Any, ...]:
    """A share with its state in words and its tone."""
    return share, *split_words.SHARE_STATES[share.state]


def percent_of(basis_points: int) -> str:
    """ "12.5" of 1250."""
    return format(Decimal(basis_points).scaleb(-2).normalize(), "f")


def _bad(error: DomainError | None) -> Mapping[str, str]:
    """What is wrong, by field."""
    if isinstance(error, SharesTooLarge):
        return {"share": _("各接收方加起来不能超过 %(percent)s%%") % {"percent": error.data["percent"]}}
    if not isinstance(error, ReceiverInvalid):
        return {}
    field, reason = str(error.data.get("field", "")), str(error.data.get("reason", ""))
    text = split_words.WRONG.get((field, reason)) or split_words.WRONG.get((field, ""))
    return {"share" if field == "basis_points" else field: str(text or error.title)}


# -- acts -------------------------------------------------------------------------------------------


def _add(request: HttpRequest, visitor: Visitor) -> str:
    post = request.POST
    add_receiver(
        shop_id=visitor.shop.id, account_id=_id(post.get("account")), kind=post.get("kind", ""),
        ref=post.get("ref", "").strip(), name=post.get("name", ""), label=post.get("label", ""),
        basis_points=_basis_points(post.get("share", "")), relation=_relation(post.get("relation", "")),
        actor=visitor.actor, now=utc_now(),
    )  # fmt: skip
    return _("已添加，通道确认后生效")


def _share(request: HttpRequest, visitor: Visitor) -> str:
    set_share(
        shop_id=visitor.shop.id, receiver_id=_id(request.POST.get("receiver")),
        basis_points=_basis_points(request.POST.get("share", "")), actor=visitor.actor, now=utc_now(),
    )  # fmt: skip
    return _("比例已保存，对还没分账的付款生效")


def _remove(request: HttpRequest, visitor: Visitor) -> str:
    remove_receiver(
        shop_id=visitor.shop.id, receiver_id=_id(request.POST.get("receiver")), actor=visitor.actor, now=utc_now()
    )
    return _("已移除，之后的付款不再分给它")


def _again(request: HttpRequest, visitor: Visitor) -> str:
    ask_again(shop_id=visitor.shop.id, receiver_id=_id(request.POST.get("receiver")), now=utc_now())
    return _("正在重新向通道登记")


def _split(request: HttpRequest, visitor: Visitor) -> str:
    share_out(shop_id=visitor.shop.id, payment_id=_id(request.POST.get("payment")), actor=visitor.actor, now=utc_now())
    return _("正在分账")


def _release(request: HttpRequest, visitor: Visitor) -> str:
    share_out(
        shop_id=visitor.shop.id, payment_id=_id(request.POST.get("payment")), nobody=True, actor=visitor.actor,
        now=utc_now(),
    )  # fmt: skip
    return _("正在全部解冻，谁也不分")


def _take_back(request: HttpRequest, visitor: Visitor) -> str:
    return_again(
        shop_id=visitor.shop.id, share_id=_id(request.POST.get("share_id")), actor=visitor.actor, now=utc_now()
    )
    return _("正在再次向接收方收回")


_ACTS: Final[Mapping[str, tuple[str, Act]]] = {
    "add": (Permission.PAYMENTS_CONFIGURE, _add),
    "share": (Permission.PAYMENTS_CONFIGURE, _share),
    "remove": (Permission.PAYMENTS_CONFIGURE, _remove),
    "again": (Permission.PAYMENTS_CONFIGURE, _again),
    "split": (Permission.PAYMENTS_RESOLVE, _split),
    "release": (Permission.PAYMENTS_RESOLVE, _release),
    "take_back": (Permission.PAYMENTS_RESOLVE, _take_back),
}


def _id(text: str | None) -> UUID:
    try:
        return UUID(text or "")
    except ValueError:
        raise InvalidInput from None


def _relation(text: str) -> str:
    return text if text in split_words.RELATIONS else "PARTNER"


def _basis_points(text: str) -> int:
    """Of "12.5" or "12.5%". Raises ReceiverInvalid."""
    try:
        exact = Decimal(text.strip().rstrip("%％") or "x").scaleb(2)
    except InvalidOperation:
        raise ReceiverInvalid(field="basis_points") from None
    if not exact.is_finite() or exact != exact.to_integral_value() or not 0 <= exact <= 10_000:
        raise ReceiverInvalid(field="basis_points")
    return int(exact)
