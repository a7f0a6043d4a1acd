"""Who may do this: API key, rate, scope, signature, in this order, before anything is parsed."""

import time
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest

from goodfor.identity.errors import InsufficientScope
from goodfor.identity.operations.check_signature import check_signature
from goodfor.identity.operations.touch_api_client import touch_api_client
from goodfor.identity.queries import authenticate
from goodfor.identity.types import ApiCaller, SignedRequest
from goodfor.kernel.clock import utc_now
from goodfor.openapi.bodies import read_body
from goodfor.openapi.errors import TooManyRequests
from goodfor.openapi.ratelimit import Limiter
from goodfor.openapi.requests import ApiRequest

_limiter = Limiter(workers=int(getattr(settings, "GOODFOR_WEB_WORKERS", 1)))


class ApiKey:
    """Authentication of one operation: a key that was given `scope`."""

    openapi_security_schema: dict[str, Any] = {"type": "http", "scheme": "bearer"}

    def __init__(self, scope: str) -> None:
        self.scope = str(scope)

    def __call__(self, request: HttpRequest) -> ApiCaller:
        """The caller. Raises InvalidApiKey, TooManyRequests, InsufficientScope, signature errors, BodyTooLarge."""
        own = cast(ApiRequest, request)
        now = own.came_at = utc_now()
        caller = authenticate(request.META.get("HTTP_AUTHORIZATION", ""), now)
        own.quota = quota = _limiter.take(caller.client_id, caller.rate_per_minute, time.monotonic())
        if quota.retry_after is not None:
            raise TooManyRequests(retry_after=quota.retry_after)
        if self.scope not in caller.scopes:
            raise InsufficientScope(scope=self.scope)
        own.raw = read_body(request)
        if caller.require_signature or "HTTP_SIGNATURE" in request.META or "HTTP_SIGNATURE_INPUT" in request.META:
            _check_signature(own, caller)
        if caller.touch_due:
            touch_api_client(shop_id=caller.shop_id, client_id=caller.client_id, now=now)
        return caller


def _check_signature(request: ApiRequest, caller: ApiCaller) -> None:
    message = SignedRequest(
        method=request.method or "",
        url=request.build_absolute_uri(),
        headers=request.headers,
        body=request.raw,
    )
    check_signature(caller=caller, request=message, now=request.came_at)
