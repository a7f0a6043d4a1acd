"""Root URLs: the API, channel callbacks, health, media and the shop."""

from importlib import import_module

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.static import serve

from goodfor.config import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
    # Names are SHA-256 of content that we wrote ourselves: safe to serve and to cache for good.
    re_path(r"^media/(?P<path>[0-9a-f]{40}\.webp)$", serve, {"document_root": settings.MEDIA_ROOT}),
]
if "orders" in settings.ROOMS:
    urlpatterns.append(
        path("pay/notify/<uuid:shop_id>/<uuid:account_id>", import_module("goodfor.config.notify").notify)
    )
if "supply" in settings.ROOMS:
    urlpatterns.append(path("supply/hook/<slug:token>", import_module("goodfor.config.supply_hook").hook))
if "partners" in settings.ROOMS:
    partner_call = import_module("goodfor.config.partner_calls").partner_call
    urlpatterns.append(path("partners/<uuid:shop_id>/<uuid:account_id>/<slug:name>", partner_call))
if "notify" in settings.ROOMS:
    sms_report = import_module("goodfor.config.reports").report
    urlpatterns.append(path("notify/report/<uuid:shop_id>/<uuid:account_id>/<slug:token>", sms_report))
if settings.GOODFOR_SANDBOX_PROVIDER and "payments" in settings.ROOMS:
    page = import_module("goodfor.config.sandbox_pay").sandbox_pay
    urlpatterns.append(path("pay/sandbox/<uuid:shop_id>/<str:number>", page))
if settings.GOODFOR_DEMO_MESSAGES:
    urlpatterns.append(path("demo/messages", import_module("goodfor.config.demo_messages").messages))
# Every component on one page; shows nothing of any shop, and is not for buyers.
if "kit" in settings.ROOMS and (settings.DEBUG or settings.GOODFOR_SANDBOX_PROVIDER):
    urlpatterns.append(path("kit", include("goodfor.kit.urls")))
if "openapi" in settings.ROOMS:
    urlpatterns.append(path("api/v1/", include("goodfor.openapi.urls")))
if "console" in settings.ROOMS:
    urlpatterns.append(path("console/", include("goodfor.console.urls")))
if "storefront" in settings.ROOMS:
    urlpatterns.append(path("", include("goodfor.storefront.urls")))
    handler404 = "goodfor.storefront.views.small.page_not_found"
    handler500 = "goodfor.storefront.views.small.server_error"
