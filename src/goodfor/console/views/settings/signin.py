"""How buyers may sign in with an account elsewhere: one registration a provider, its secret written, never read."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from goodfor.console import setting_words
from goodfor.console.frame import console_page, done, show
from goodfor.console.stepup import step_up
from goodfor.console.types import Visitor
from goodfor.identity import queries as identity
from goodfor.identity.operations.set_oauth_app import set_oauth_app
from goodfor.identity.types import Permission
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError, NotFound

PAGE: Final = "desk:signin-apps"


@console_page(Permission.SHOP_CONFIGURE)
def apps(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """All providers, set up or not."""
    held = {app.provider: app for app in identity.oauth_apps(visitor.shop.id, enabled_only=False)}
    rows = [(provider, label, held.get(provider)) for provider, label in setting_words.SIGNIN_APPS.items()]
    return show(request, visitor, "settings/signin_apps", {"rows": rows}, page=PAGE)


@sensitive_post_parameters("secret")
@console_page(Permission.SHOP_CONFIGURE, methods=("GET", "POST"))
@step_up
def app(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Set one up, change it, switch it on or off."""
    provider = request.GET.get("provider", "")
    if provider not in setting_words.SIGNIN_APPS:
        raise NotFound
    if request.method != "POST":
        return _app(request, visitor, provider)
    try:
        set_oauth_app(
            shop_id=visitor.shop.id,
            provider=provider,
            label=request.POST.get("label", ""),
            client_id=request.POST.get("client_id", ""),
            secret=request.POST.get("secret", "").strip() or None,
            server_url=request.POST.get("server_url", "").strip(),
            trust_email="trust_email" in request.POST,
            enabled="enabled" in request.POST,
            actor=visitor.actor,
            now=utc_now(),
        )
    except DomainError as error:
        return _app(request, visitor, provider, error)
    return done(request, _("已保存"), PAGE)


def _app(request: HttpRequest, visitor: Visitor, provider: str, error: DomainError | None = None) -> HttpResponse:
    held = {one.provider: one for one in identity.oauth_apps(visitor.shop.id, enabled_only=False)}.get(provider)
    label = setting_words.SIGNIN_APPS[provider]
    if error is not None:
        # The secret does not come back.
        values = {key: request.POST.get(key, "") for key in ("label", "client_id", "server_url")}
    else:
        values = {
            "label": held.label if held else str(label),
            "client_id": held.client_id if held else "",
            "server_url": held.server_url if held else "",
        }
    context = {
        "title": label,
        "provider": provider,
        "held": held,
        "values": values,
        "trust_email": "trust_email" in request.POST if error else bool(held and held.trust_email),
        "enabled": "enabled" in request.POST if error else (held.enabled if held else True),
        "callback": request.build_absolute_uri(f"/signin/with/{provider}/back"),
        "error": error,
        "wrong": error.data.get("field", "") if error else "",
    }
    crumbs = [(_("买家登录方式"), reverse(PAGE))]
    status = error.http_status if error else 200
    return show(request, visitor, "settings/signin_app", context, page=PAGE, crumbs=crumbs, status=status)
