"""The console's site: who may enter, what stands in the sidebar."""
# ruff: noqa: ARG002  (signatures are those of Django's admin)

from typing import Any

from django.contrib.auth import logout as end_session
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from goodfor.console import door
from goodfor.console.access import staff_of
from goodfor.console.columns import Text
from goodfor.console.lists import catalog, identity, kernel, ledger, orders, payments, vault
from goodfor.console.readonly import ReadOnlyAdmin
from goodfor.identity import queries as shops

GROUPS: tuple[tuple[str, Text, tuple[Any, ...]], ...] = (
    ("sales", _("销售"), orders.ADMINS),
    ("goods", _("商品与库存"), (*catalog.ADMINS, *vault.ADMINS)),
    ("money", _("支付与退款"), payments.ADMINS),
    ("books", _("账本"), ledger.ADMINS),
    ("shop", _("店铺"), (*identity.ADMINS, *kernel.ADMINS)),
)
TITLE = _("好码后台")


class ConsoleSite(UnfoldAdminSite):  # type: ignore[misc]
    """Django's admin behind one-time links, with the house's roles instead of Django's permissions."""

    site_title = TITLE
    site_header = TITLE
    index_title = _("总览")
    index_template = "console/index.html"

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff of the session's shop; Django's own flags give nothing."""
        return staff_of(request) is not None

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
            "languages_list": door.LANGUAGES,
            "languages_action": reverse("console-language"),
            # Without links of ours unfold offers a change of password, and people here have none.
            "account_links": [{"title": _("店铺前台"), "link": "/"}],
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
        """There is no password to ask for: say where a link comes from."""
        return door.page(request, "closed", status=403)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """End the session; by POST only, so that no link can do it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        end_session(request)
        return door.page(request, "left")

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
