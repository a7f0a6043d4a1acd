"""The device cookie of risk control, as the shop's own pages give it: a hint which browser this is, never a proof."""

from django.http import HttpRequest, HttpResponse

from goodfor.kernel.clock import utc_now
from goodfor.risk.enrichment import device


def device_id(request: HttpRequest) -> str:
    """The id that this browser came with; empty for one that is new, or that changed what we gave it."""
    return device.read(request.COOKIES.get(device.COOKIE, "")) or ""


def own_id(request: HttpRequest) -> str:
    """The same, or the one that it gets with this answer: what a challenge is bound to."""
    return device_id(request) or _new(request)[0]


def keep_device(response: HttpResponse, request: HttpRequest) -> None:
    """Give the cookie to a browser that has none."""
    if not device_id(request):
        response.set_cookie(
            device.COOKIE, _new(request)[1], max_age=int(device.LASTS.total_seconds()), path="/",
            secure=request.is_secure(), httponly=True, samesite="Lax",
        )  # fmt: skip


def _new(request: HttpRequest) -> tuple[str, str]:
    made: tuple[str, str] | None = getattr(request, "goodfor_new_device", None)
    if made is None:
        made = device.issue(utc_now())
        request.goodfor_new_device = made  # type: ignore[attr-defined]
    return made
