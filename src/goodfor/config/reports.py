"""The address that vendors of text messages report to."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import DomainError
from goodfor.notify.operations.note_reports import note_reports

MAX_BODY = 256 * 1024


@csrf_exempt
def report(request: HttpRequest, shop_id: UUID, account_id: UUID, token: str) -> HttpResponse:
    """Note which messages are reported on; the vendor is asked what is true of it later."""
    if request.method != "POST":
        return HttpResponse(status=405)
    body = request.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        return HttpResponse(status=413)
    try:
        _count, reply = note_reports(shop_id=shop_id, account_id=account_id, token=token, body=body, now=utc_now())
    except DomainError as error:
        return HttpResponse(status=error.http_status)
    return HttpResponse(reply, content_type="application/json")
