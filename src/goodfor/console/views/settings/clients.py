"""API clients: keys that are shown once, what they may do, their signatures, their wallets."""

import base64
import binascii
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from goodfor.console import setting_words
from goodfor.console.errors import NotAllowed
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import require_fresh_proof, step_up
from goodfor.console.types import Visitor
from goodfor.identity import queries as identity
from goodfor.identity.operations.change_api_client import change_api_client
from goodfor.identity.operations.create_api_client import create_api_client
from goodfor.identity.operations.revoke_api_client import revoke_api_client
from goodfor.identity.operations.rotate_api_key import rotate_api_key
from goodfor.identity.operations.set_signing_key import set_signing_key
from goodfor.identity.types import ApiClientView, Permission, Scope
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, InvalidInput
from goodfor.kernel.money import Money
from goodfor.ledger import queries as ledger

PAGE: Final = "desk:clients"
GRACES: Final = (
    ("0", gettext_lazy("立即失效")),
    ("1", gettext_lazy("1 小时")),
    ("24", gettext_lazy("24 小时")),
    ("168", gettext_lazy("7 天")),
)


@console_page(Permission.API_CLIENTS_VIEW)
def clients(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All clients, those that work first."""
    found = sorted(identity.clients_of_shop(visitor.shop.id), key=lambda one: not one.active)
    rows = [(one, _balance(visitor, one)) for one in found]
    context = {"rows": rows, "may_manage": visitor.may(Permission.API_CLIENTS_MANAGE)}
    return show(request, visitor, "settings/clients", context, page=PAGE)


def _balance(visitor: Visitor, one: ApiClientView) -> Money:
    minor = ledger.balance(visitor.shop.id, one.wallet_account, visitor.shop.currency)
    return Money(max(minor, 0), visitor.shop.currency)


@console_page(Permission.API_CLIENTS_MANAGE, methods=("GET", "POST"))
@step_up
def new_client(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Make a client; its key stands in the answer to the form and nowhere else."""
    if request.method != "POST":
        return _new(request, visitor)
    try:
        made = create_api_client(
            shop_id=visitor.shop.id,
            name=request.POST.get("name", ""),
            scopes=request.POST.getlist("scopes"),
            rate_per_minute=_rate(request),
            actor=visitor.actor,
            now=utc_now(),
        )
    except DomainError as error:
        return _new(request, visitor, error)
    return _secret(request, visitor, made.client, made.api_key, _("API 密钥"))


def _rate(request: HttpRequest) -> int:
    text = request.POST.get("rate_per_minute", "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _scopes(on: Any) -> list[tuple[str, Any, bool]]:
    return [(scope, setting_words.SCOPES.get(scope, scope), scope in on) for scope in Scope]


def _new(request: HttpRequest, visitor: Visitor, error: DomainError | None = None) -> HttpResponse:
    ticked = request.POST.getlist("scopes") if error else [Scope.PRODUCTS_READ, Scope.STOCK_READ, Scope.ORDERS_READ]
    context = {
        "title": _("新建 API 客户端"),
        "scopes": _scopes(ticked),
        "typed": request.POST.dict() if error else {"rate_per_minute": "600"},
        "wrong": error.data.get("field", "") if error else "",
        "error": error,
    }
    status = error.http_status if error else 200
    crumbs = [(_("API 客户端"), reverse(PAGE))]
    return show(request, visitor, "settings/client_new", context, page=PAGE, crumbs=crumbs, status=status)


def _secret(request: HttpRequest, visitor: Visitor, one: ApiClientView, secret: str, what: str) -> HttpResponse:
    context = {
        "title": _("%(what)s：%(name)s") % {"what": what, "name": one.name},
        "secret": secret,
        "what": what,
        "back": reverse("desk:client", args=[one.id]),
    }
    crumbs = [(_("API 客户端"), reverse(PAGE))]
    return show(request, visitor, "settings/client_secret", context, page=PAGE, crumbs=crumbs)


@console_page(Permission.API_CLIENTS_VIEW, methods=("GET", "POST"))
def client(request: HttpRequest, visitor: Visitor, client_id: UUID) -> HttpResponse:
    """One client: what it may do, its keys, its end."""
    one = identity.client_of_shop(shop_id=visitor.shop.id, client_id=client_id)
    if request.method != "POST":
        return _client(request, visitor, one)
    if not visitor.may(Permission.API_CLIENTS_MANAGE):
        raise NotAllowed
    require_fresh_proof(request)
    try:
        return _act(request, visitor, one)
    except DomainError as error:
        return _client(request, visitor, one, error)


def _act(request: HttpRequest, visitor: Visitor, one: ApiClientView) -> HttpResponse:
    act, here, now = request.POST.get("act", ""), reverse("desk:client", args=[one.id]), utc_now()
    whose: dict[str, Any] = {"shop_id": visitor.shop.id, "client_id": one.id, "actor": visitor.actor, "now": now}
    if act == "save":
        change_api_client(
            **whose, name=request.POST.get("name", ""), scopes=request.POST.getlist("scopes"),
            rate_per_minute=_rate(request),
        )  # fmt: skip
        return done(request, _("已保存，下一次请求起生效"), here)
    if act == "rotate":
        hours = request.POST.get("grace", "")
        if hours not in dict(GRACES):
            raise InvalidInput(_("请选择旧密钥保留多久"))
        made = rotate_api_key(**whose, grace=timedelta(hours=int(hours)))
        return _secret(request, visitor, made.client, made.api_key, _("新的 API 密钥"))
    if act == "revoke":
        revoke_api_client(**whose)
        return done(request, _("已停用，它的请求从现在起被拒绝"), here)
    if act == "signing":
        return _sign(request, visitor, one, whose)
    raise InvalidInput


def _sign(request: HttpRequest, visitor: Visitor, one: ApiClientView, whose: dict[str, Any]) -> HttpResponse:
    algorithm = request.POST.get("algorithm", "") or None
    try:
        public_key = base64.b64decode(request.POST.get("public_key", "").strip(), validate=True)
    except (binascii.Error, ValueError):
        raise InvalidInput(_("公钥请用 Base64 填写"), field="public_key") from None
    shown = set_signing_key(
        **whose, algorithm=algorithm, public_key=public_key or None, require="require" in request.POST
    )
    if shown is not None:
        return _secret(request, visitor, one, shown.secret, _("签名密钥"))
    return done(request, _("签名设置已保存"), reverse("desk:client", args=[one.id]))


def _client(
    request: HttpRequest, visitor: Visitor, one: ApiClientView, error: DomainError | None = None
) -> HttpResponse:
    typed = error is not None and request.POST.get("act") == "save"
    code = {"code": one.wallet_account, "currency": visitor.shop.currency}
    context = {
        "title": one.name,
        "one": one,
        "scopes": _scopes(request.POST.getlist("scopes") if typed else one.scopes),
        "name": request.POST.get("name", "") if typed else one.name,
        "rate": request.POST.get("rate_per_minute", "") if typed else str(one.rate_per_minute),
        "graces": GRACES,
        "old_key": one.previous_valid_until is not None and one.previous_valid_until > utc_now(),
        "balance": _balance(visitor, one),
        "statement": f"{reverse('desk:statement')}?{urlencode(code)}" if visitor.may(Permission.LEDGER_VIEW) else "",
        "may_manage": visitor.may(Permission.API_CLIENTS_MANAGE) and one.active,
        "algorithms": (("", _("不签名")), ("ed25519", "Ed25519"), ("hmac-sha256", "HMAC-SHA256")),
        "error": error,
    }
    crumbs = [(_("API 客户端"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "settings/client", context, page=PAGE, crumbs=crumbs, status=status)
