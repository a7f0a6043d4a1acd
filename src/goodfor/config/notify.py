"""The address that payment channels call."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from goodfor.config.raw_call import raw_call
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.orders.operations import receive_payment
from goodfor.payments.types import RawRequest

MAX_BODY = 64 * 1024


@csrf_exempt
def notify(request: HttpRequest, shop_id: UUID, account_id: UUID) -> HttpResponse:
    """Hand the raw call to orders.receive_payment and answer as it says; the channel repeats what fails."""
    if request.method not in ("GET", "POST"):
        return HttpResponse(status=405)
    body = request.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        return HttpResponse("fail", status=413, content_type="text/plain")
    raw = RawRequest(**raw_call(request, body))
    try:
        reply = receive_payment(shop_id=shop_id, account_id=account_id, raw=raw, now=utc_now())
    except DomainError as error:
        return HttpResponse("fail", status=error.http_status, content_type="text/plain")
    return HttpResponse(reply.body, status=reply.status, content_type=reply.content_type)
