"""The API object: django-ninja for routing, parameters and the document; our own auth, bodies and errors."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from ninja import NinjaAPI, Router
from ninja.openapi.schema import OpenAPISchema
from ninja.types import DictStrAny

from goodfor.openapi.document import finish
from goodfor.openapi.guard import guarded, not_found
from goodfor.openapi.problems import respond

PREFIX = "api/v1/"
TITLE = "Goodfor API"
DESCRIPTION = (
    "Buy digital entitlements from a shop: products, stock, orders, codes, balance, refunds.\n\n"
    "Amounts are exact decimal text and minor units. Instants are UTC in ISO 8601. Lists are paged by opaque cursors. "
    "Writes carry an `Idempotency-Key`. Errors are problem details (RFC 9457) whose `code` is stable."
)
TAGS = (
    ("products", "What can be bought, and how much of it there is."),
    ("orders", "Buy, look up, cancel."),
    ("codes", "What was bought: masked, or revealed and written down."),
    ("claims", "Something is wrong: money or another code back, by the shop's promise."),
    ("balance", "The prepaid balance and its movements."),
    ("refunds", "Give an order back."),
    ("welfare", "Give people of your company something to spend here."),
)


class Api(NinjaAPI):
    """NinjaAPI whose exceptions become problem details and whose document is complete."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """Problem details for any exception."""
        return respond(request, exc)

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: DictStrAny | None = None
    ) -> OpenAPISchema:
        """The finished document, the same wherever the API is mounted."""
        raw = super().get_openapi_schema(path_prefix=path_prefix or PREFIX, path_params=path_params)
        document = finish(raw)
        raw.clear()
        raw.update(document)
        return raw


def build(routers: Sequence[tuple[str, Router]]) -> Api:
    """An API of these (tag, router) pairs."""
    api = Api(
        title=TITLE,
        version="1.0.0",
        description=DESCRIPTION,
        docs_url=None,
        urls_namespace="api-v1",
        openapi_extra={
            "info": {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
            "tags": [{"name": name, "description": text} for name, text in TAGS],
        },
        servers=[{"url": "/", "description": "This shop"}],
    )
    for tag, router in routers:
        api.add_router("", router, tags=[tag])
    return api


def guarded_urls(api: Api) -> list[URLPattern | URLResolver]:
    """The API's addresses, each behind the guard, and an answer for all others below them."""
    patterns, _app, _namespace = api.urls
    wrapped: list[URLPattern | URLResolver] = []
    for pattern in patterns:
        assert isinstance(pattern, URLPattern)
        if pattern.name == "api-root":
            continue
        pattern.callback = guarded(pattern.callback)
        wrapped.append(pattern)
    wrapped.append(path("", guarded(not_found)))
    # Not `.`: it would let an address with a line break through to the pages.
    wrapped.append(re_path(r"^[\s\S]+$", guarded(not_found)))
    return wrapped
