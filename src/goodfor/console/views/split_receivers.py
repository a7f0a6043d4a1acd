"""One receiver of shares: added, its share changed, offered to the channel again, taken away."""

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from goodfor.console import split_words
from goodfor.console.columns import Text
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof, step_up
from goodfor.console.types import Visitor
from goodfor.console.views.splits import PAGE, account_row, receiver_row
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.payments import queries as payments
from goodfor.payments.errors import AccountNotFound, SharesTooLarge
from goodfor.payments.operations.receivers import add_receiver, ask_again, remove_receiver, set_share
from goodfor.payments.types import ReceiverView, SplittingAccount

_PERCENT: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2})?")
#: What to do about a field that was refused, by field and reason.
_WORDS: Final[Mapping[tuple[str, str], Text]] = {
    ("kind", ""): gettext_lazy("请选择商户或个人"),
    ("ref", ""): gettext_lazy("只能用字母、数字和符号，不带空格，最多 64 位"),
    ("ref", "known"): gettext_lazy("这个账号已是接收方，请直接改它的比例"),
    ("ref", "too_many"): gettext_lazy("接收方已满：通道一次只能分给这么多"),
    ("label", ""): gettext_lazy("请填写备注名，最多 60 个字"),
    ("name", ""): gettext_lazy("商户要填写全称，最多 100 个字"),
    ("relation", ""): gettext_lazy("请选择关系"),
    ("percent", ""): gettext_lazy("请写成 12.50 这样，0 到 100，最多两位小数"),
}
_FIELDS: Final = {field for field, _reason in _WORDS}
_HINTS: Final[Mapping[str, Text]] = {
    "wechat": gettext_lazy("商户填商户号，个人填在本商户 AppID 下的 openid"),
    "alipay": gettext_lazy("2088 开头的 16 位用户号，或支付宝登录账号"),
}


@sensitive_post_parameters()
@console_page(Permission.PAYMENTS_CONFIGURE, methods=("GET", "POST"))
@step_up
def new_receiver(request: HttpRequest, visitor: Visitor, account_id: UUID) -> HttpResponse:
    """Add one to an account. The proof is asked for before anything is typed; the legal name never comes back."""
    account = next((one for one in payments.splitting_accounts(visitor.shop.id) if one.id == account_id), None)
    if account is None:
        raise AccountNotFound
    if request.method != "POST":
        return _new(request, visitor, account)
    typed = {key: value.replace("\x00", "").strip() for key, value in request.POST.dict().items()}
    try:
        relation = typed.get("relation", "")
        if relation not in split_words.RELATIONS:
            raise InvalidInput(field="relation")
        add_receiver(
            shop_id=visitor.shop.id, account_id=account_id, kind=typed.get("kind", ""), ref=typed.get("ref", ""),
            name=typed.get("name", ""), label=typed.get("label", ""), basis_points=points_of(typed.get("percent", "")),
            relation=relation, actor=visitor.actor, now=utc_now(),
        )  # fmt: skip
    except (InvalidInput, SharesTooLarge) as error:
        return _new(request, visitor, account, typed, error)
    return done(request, _("已添加，几分钟内报给通道"), reverse(PAGE))


def _new(
    request: HttpRequest,
    visitor: Visitor,
    account: SplittingAccount,
    typed: Mapping[str, str] | None = None,
    error: DomainError | None = None,
) -> HttpResponse:
    labels = {form.provider: form.label for form in payments.provider_forms()}
    context = {
        "title": _("新增接收方"),
        "row": account_row(account, labels.get(account.provider, account.provider)),
        # Not the legal name: not even to the person who has just typed it.
        "typed": {key: value for key, value in (typed or {}).items() if key != "name"},
        "errors": _errors(error),
        "error": error,
        "kinds": list(split_words.RECEIVER_KINDS.items()),
        "relations": list(split_words.RELATIONS.items()),
        "ref_hint": _HINTS.get(account.provider, ""),
    }
    status = error.http_status if error else 200
    return show(
        request, visitor, "split_receiver_new", context, page=PAGE, crumbs=[(_("分账"), reverse(PAGE))], status=status
    )  # fmt: skip


@console_page(Permission.PAYMENTS_CONFIGURE, methods=("GET", "POST"))
def receiver(request: HttpRequest, visitor: Visitor, receiver_id: UUID) -> HttpResponse:
    """One of them. `act`: share changes what it gets, again offers a refused one to the channel, remove ends it."""
    shop_id, now = visitor.shop.id, utc_now()
    found = payments.receiver(shop_id, receiver_id)
    if request.method != "POST":
        return _receiver(request, visitor, found)
    act = request.POST.get("act", "")
    if act == "share":
        return _set_share(request, visitor, found)
    if act == "again":
        ask_again(shop_id=shop_id, receiver_id=receiver_id, now=now)
        return done(request, _("几分钟内再次报给通道"), reverse(PAGE))
    if act == "remove":
        remove_receiver(shop_id=shop_id, receiver_id=receiver_id, actor=visitor.actor, now=now)
        return done(request, _("已移除，之后的付款不再分给它"), reverse(PAGE))
    raise InvalidInput(_("没有这个操作"))


def _set_share(request: HttpRequest, visitor: Visitor, found: ReceiverView) -> HttpResponse:
    try:
        points = points_of(request.POST.get("percent", ""))
        if points > found.basis_points:
            require_fresh_proof(request)
        set_share(
            shop_id=visitor.shop.id, receiver_id=found.id, basis_points=points, actor=visitor.actor, now=utc_now()
        )  # fmt: skip
    except (InvalidInput, SharesTooLarge) as error:
        return _receiver(request, visitor, found, error)
    return done(request, _("比例已保存，还没分账的付款按新比例"), reverse(PAGE))


def _receiver(
    request: HttpRequest, visitor: Visitor, found: ReceiverView, error: DomainError | None = None
) -> HttpResponse:
    now_set = split_words.points(found.basis_points).rstrip("%")
    accounts = payments.splitting_accounts(visitor.shop.id)
    mine = (found.provider, found.account_code)
    account = next((one for one in accounts if (one.provider, one.code) == mine), None)
    labels = {form.provider: form.label for form in payments.provider_forms()}
    line = receiver_row(found)
    context: dict[str, Any] = {
        "title": found.label,
        "line": line,
        **line,
        "row": account_row(account, labels.get(account.provider, account.provider)) if account else None,
        "typed": request.POST.get("percent", "")[:20] if error else now_set,
        # Whatever is wrong here is wrong about the share, the only field.
        "wrong": next(iter(_errors(error).values()), error.detail if error else ""),
    }
    status = error.http_status if error else 200
    return show(
        request, visitor, "split_receiver", context, page=PAGE, crumbs=[(_("分账"), reverse(PAGE))], status=status
    )  # fmt: skip


def points_of(text: str) -> int:
    """Basis points of a percentage with up to two decimals. Raises InvalidInput."""
    plain = text.strip().removesuffix("%").removesuffix("％").strip()
    if not _PERCENT.fullmatch(plain):
        raise InvalidInput(field="percent")
    whole, _dot, rest = plain.partition(".")
    points = int(whole) * 100 + int(rest.ljust(2, "0"))
    if points > 10_000:
        raise InvalidInput(field="percent")
    return points


def _errors(error: DomainError | None) -> dict[str, Text]:
    """The refusal at its field."""
    if error is None:
        return {}
    if isinstance(error, SharesTooLarge):
        return {"percent": _("加起来超过了上限 %(n)s%%") % {"n": error.data.get("percent", "")}}
    field, reason = str(error.data.get("field", "")), str(error.data.get("reason", ""))
    field = "percent" if field == "basis_points" else field
    return {field: _WORDS.get((field, reason), error.detail)} if field in _FIELDS else {}
