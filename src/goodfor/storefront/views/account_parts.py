"""Small things that the account's views share."""

from collections.abc import Sequence

from django.http import HttpResponse

from goodfor.identity import queries as identity
from goodfor.identity.types import OAuthAppView, ShopView
from goodfor.kernel.errors import DomainError
from goodfor.storefront.page import allow_form_to


def with_retry(response: HttpResponse, error: DomainError | None) -> HttpResponse:
    """Say in the header when to come again, where the refusal knows it."""
    if error is not None and "retry_after" in error.data:
        response["Retry-After"] = str(error.data["retry_after"])
    return response


def allow_providers(response: HttpResponse, shop: ShopView, apps: Sequence[OAuthAppView]) -> None:
    """Browsers hold a form's redirect to the page's policy too: let this one lead to the providers that it offers."""
    origins = {origin for app in apps if (origin := identity.oauth_origin(shop.id, app.provider))}
    if origins:
        allow_form_to(response, " ".join(sorted(origins)))
