"""Health of a web process: alive, ready (database there and migrated), and metrics for Prometheus."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from goodfor.config.proxies import PROXIED


def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The process can sell: the database answers. 503 otherwise."""
    # The second try is for a connection that died with a database which is back already.
    for _attempt in range(2):
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM kernel_event_cursor LIMIT 1")
            return HttpResponse("ready", content_type="text/plain")
        except DatabaseError:
            connection.close()
    return HttpResponse("database is away", status=503, content_type="text/plain")


def metrics(request: HttpRequest) -> HttpResponse:
    """Metrics of this process; only for callers on the same machine, because they tell how business goes."""
    local = request.META.get("REMOTE_ADDR", "127.0.0.1") in ("127.0.0.1", "::1", "")
    if not local or request.META.get(PROXIED):
        return HttpResponse(status=404)
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
