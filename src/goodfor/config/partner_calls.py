"""The addresses that partners in points call."""

import time
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.openapi.ratelimit import Limiter
from goodfor.partners.operations.hear_call import CALLS
from goodfor.partners.types import Call

MAX_BODY: Final = 16 * 1024
#: Calls a minute from one address, before anything is looked at.
PER_MINUTE: Final = 600
_limiter: Final = Limiter(settings.GOODFOR_WEB_WORKERS)


@csrf_exempt
def partner_call(request: HttpRequest, shop_id: UUID, account_id: UUID, name: str) -> HttpResponse:
    """Hand the raw call to its operation and answer as it says.

    What is no answer of the protocol's leaves the partner in doubt: it takes the order for failed, and tells us.
    """
    hear = CALLS.get(name)
    if hear is None:
        return HttpResponse(status=404)
    if request.method not in ("GET", "POST"):
        return HttpResponse(status=405)
    ip = str(request.META.get("REMOTE_ADDR", ""))
    wait = _limiter.take(ip, PER_MINUTE, time.monotonic()).retry_after
    if wait is not None:
        return HttpResponse(status=429, headers={"Retry-After": str(wait)})
    body = request.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        return HttpResponse(status=413)
    call = Call(request.META.get("QUERY_STRING", "").encode("latin-1"), body, ip)
    try:
        answer = hear(shop_id=shop_id, account_id=account_id, call=call, now=utc_now())
    except DomainError as error:
        return HttpResponse(status=error.http_status)
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
