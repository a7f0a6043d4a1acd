"""Who is asking, and at which address of ours."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """The visitor's address as text; config/proxies.py has settled it at the door."""
    return str(request.META.get("REMOTE_ADDR", ""))


def device_of(request: HttpRequest) -> str:
    """`wechat` or `alipay` inside of these apps, else `mobile` or `pc`, as payment channels ask for it."""
    agent = str(request.META.get("HTTP_USER_AGENT", ""))
    for word, device in (("MicroMessenger", "wechat"), ("AlipayClient", "alipay")):
        if word in agent:
            return device
    return "mobile" if any(word in agent for word in ("Mobile", "Android", "iPhone")) else "pc"


def face_of(request: HttpRequest) -> str:
    """Where one buys, as campaigns name it: inside of WeChat; empty: as orders of the storefront are named."""
    return "wechat" if device_of(request) == "wechat" else ""


def scheme_and_host(request: HttpRequest) -> str:
    """The origin that the buyer sees, for addresses that leave the page (payment returns, saved links).

    GOODFOR_PUBLIC_URL gives the scheme when a proxy ends TLS in front of us; the host is the one asked for.
    """
    public = urlsplit(str(getattr(settings, "GOODFOR_PUBLIC_URL", "")))
    scheme = "https" if request.is_secure() or public.scheme == "https" else "http"
    return f"{scheme}://{request.get_host()}"
