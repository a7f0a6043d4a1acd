"""The data browser: the rows behind the pages, to look at, for owners; who may enter, what stands in the sidebar."""
# ruff: noqa: ARG002  (signatures are those of Django's admin)

from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from goodfor.console.access import must_set_up, staff_of, visitor_of
from goodfor.console.columns import Text
from goodfor.console.frame import dress
from goodfor.console.lists import catalog, identity, kernel, ledger, orders, payments, vault
from goodfor.console.readonly import ReadOnlyAdmin
from goodfor.identity import queries as shops
from goodfor.identity.types import Role

GROUPS: tuple[tuple[str, Text, tuple[Any, ...]], ...] = (
    ("sales", _("销售"), orders.ADMINS),
    ("goods", _("商品与库存"), (*catalog.ADMINS, *vault.ADMINS)),
    ("money", _("支付与退款"), payments.ADMINS),
    ("books", _("账本"), ledger.ADMINS),
    ("shop", _("店铺"), (*identity.ADMINS, *kernel.ADMINS)),
)
TITLE = _("好码后台")
LANGUAGES = [{"code": "zh-hans", "name_local": "简体中文"}, {"code": "en", "name_local": "English"}]
#: unfold's Alpine compiles its expressions, and unfold writes styles: only here is that allowed.
CSP = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)


class ConsoleSite(UnfoldAdminSite):  # type: ignore[misc]
    """Django's admin behind the console's own sign-in, with the house's roles instead of Django's permissions."""

    site_title = TITLE
    site_header = TITLE
    index_title = _("总览")
    index_template = "console/index.html"

    def has_permission(self, request: HttpRequest) -> bool:
        """Owners of the session's shop; Django's own flags give nothing."""
        visitor = visitor_of(request)
        return visitor is not None and visitor.staff.role == Role.OWNER and not must_set_up(visitor)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Every page of the site, with what the console says to browsers and this site's own policy."""
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def dressed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                answer = inner(request, *args, **kwargs)
            except PermissionDenied:
                # Django's own page for it would come without what the console says to browsers.
                answer = HttpResponseForbidden("403", content_type="text/plain")
            answer.headers["Content-Security-Policy"] = CSP
            return dress(answer)

        return dressed

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        """Our groups in our order, whichever Django app is asked for."""
        groups = []
        for key, title, admins in GROUPS:
            models = [
                entry for model, _admin in admins if (entry := self._entry(request, self._registry[model])) is not None
            ]
            if models:
                url = models[0]["admin_url"]
                groups.append({"name": title, "app_label": key, "app_url": url, "models": models})
        return groups

    def _entry(self, request: HttpRequest, admin: ReadOnlyAdmin) -> dict[str, Any] | None:
        if not admin.has_view_permission(request):
            return None
        options = admin.model._meta
        return {
            "model": admin.model,
            "name": admin.name,
            "object_name": options.object_name,
            "perms": admin.get_model_perms(request),
            "admin_url": reverse(f"admin:{options.app_label}_{options.model_name}_changelist", current_app=self.name),
            "add_url": None,
            "view_only": True,
            "icon": admin.icon,
        }

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """The same groups in the form of unfold's sidebar."""
        return [
            {
                "title": group["name"],
                "items": [
                    {
                        "title": entry["name"],
                        "link": entry["admin_url"],
                        "icon": entry["icon"],
                        "active": request.path.startswith(entry["admin_url"]),
                        "has_permission": True,
                    }
                    for entry in group["models"]
                ],
            }
            for group in self.get_app_list(request)
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Names, languages and links; no settings needed."""
        context: dict[str, Any] = super().each_context(request)
        staff = staff_of(request)
        return context | {
            "site_title": TITLE,
            "site_header": TITLE,
            "site_subheader": shops.shop_by_id(staff.shop_id).name if staff else None,
            "site_symbol": "storefront",
            "site_url": None,
            "show_languages": True,
            "languages_list": LANGUAGES,
            "languages_action": reverse("console-language"),
            # Without links of ours unfold offers a change of password, and people here have none.
            "account_links": [{"title": _("返回后台"), "link": reverse("desk:overview")}],
        }

    def app_index(
        self,
        request: HttpRequest,
        app_label: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Django's apps have no pages of their own here; unfold's breadcrumbs link to them all the same."""
        return redirect("console:index")

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The console's own door."""
        return redirect("desk:overview")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The console's own way out."""
        return redirect("desk:overview")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There are no passwords here."""
        raise Http404

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There are no passwords here."""
        raise Http404


def _build() -> ConsoleSite:
    built = ConsoleSite(name="console")
    for _key, _title, admins in GROUPS:
        for model, admin in admins:
            built.register(model, admin)
    return built


site = _build()
