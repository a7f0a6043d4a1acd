"""The address that suppliers call."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from goodfor.config.raw_call import raw_call
from goodfor.kernel.clock import utc_now
from goodfor.supply.operations.hear_call import MAX_BODY, hear_call
from goodfor.supply.providers.values import Call


@csrf_exempt
def hook(request: HttpRequest, token: str) -> HttpResponse:
    """Hand the raw call to supply and answer as it says; the supplier repeats what is not acknowledged."""
    if request.method not in ("GET", "POST"):
        return HttpResponse(status=405)
    body = request.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        return HttpResponse(status=413)
    call = Call(**raw_call(request, body))
    answer = hear_call(hook=token, call=call, now=utc_now())
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
