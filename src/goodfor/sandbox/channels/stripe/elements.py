"""What Stripe.js is and asks for, as far as a page with one Payment Element goes: the script, and its two calls.

Callers are browsers of any shop: a publishable key says which account, the intent's secret which payment.
"""

import hmac
from functools import cache
from importlib.resources import files

from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.rows import BookRefused, Payment, Refused
from goodfor.sandbox.channels.stripe import objects
from goodfor.sandbox.web import Handler, Request, Response, json_response

#: No secret key comes with these.
ENDPOINTS = frozenset({"script", "elements"})
DECLINED = "4000000000000002"


_FIELD = {
    "zh": ("zh-Hans", "卡号（模拟，勿填真卡）"),
    "en": ("en", "Card number (simulated, no real card)"),
}
#: A page that shops may frame, with its own script and nothing else.
_FIELD_POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; base-uri 'none'"


@cache
def _file(name: str) -> bytes:
    return files(__package__ or "").joinpath(name).read_bytes()


def script(_desk: Desk, _request: Request) -> Response:
    """Stripe.js."""
    return _javascript("elements.js")


def field_script(_desk: Desk, _request: Request) -> Response:
    """What runs inside of the frame."""
    return _javascript("field.js")


def field(_desk: Desk, request: Request) -> Response:
    """The frame that a card is typed into."""
    language, label = _FIELD["en" if request.query.get("locale") == "en" else "zh"]
    page = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{label}</title><style>body{{margin:0;'
        "font:15px/1.6 system-ui,sans-serif;color:#16201c;background:#fff}input{display:block;box-sizing:border-box;"
        "width:100%;height:46px;padding:0 12px;border:1px solid #b9c2be;border-radius:10px;font:inherit}</style>"
        f'<label>{label}<input name="card" inputmode="numeric" autocomplete="off" value="4242 4242 4242 4242"></label>'
        '<script src="field.js" defer></script>'
    )
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", _FIELD_POLICY))
    return Response(200, page.encode(), headers)


def _javascript(name: str) -> Response:
    headers = (("Content-Type", "text/javascript; charset=utf-8"), ("Cache-Control", "no-store"))
    return Response(200, _file(name), headers)


def retrieve(desk: Desk, request: Request) -> Response:
    """The intent that the secret opens."""
    return _open(objects.intent(_intent(desk, request)))


def confirm(desk: Desk, request: Request) -> Response:
    """Pays it by the card; one is always declined."""
    payment = _intent(desk, request)
    if request.form.get("card", "") == DECLINED:
        return _open({"error": {"type": "card_error", "code": "card_declined", "message": "declined"}}, 402)
    if payment.state == "closed":
        return _open({"error": {"type": "invalid_request_error", "message": "canceled"}}, 400)
    desk.pay(payment)
    return _open(objects.intent(_intent(desk, request)))


def _intent(desk: Desk, request: Request) -> Payment:
    form = request.form
    if form.get("key") != demo.STRIPE_PUBLISHABLE_KEY:
        raise Refused("api_key_invalid", "Invalid API Key provided", 401)
    given = form.get("client_secret", "")
    name = given.partition("_secret_")[0]
    payment = desk.payment("stripe", ref=name) if name.startswith("pi_") else None
    if payment is None or not hmac.compare_digest(str(objects.intent(payment)["client_secret"]), given):
        raise BookRefused("not_found")
    return payment


def _open(value: object, status: int = 200) -> Response:
    """An answer that a script of any page may read, as Stripe's are."""
    answer = json_response(value, status)
    return Response(status, answer.body, (*answer.headers, ("Access-Control-Allow-Origin", "*")))


ROUTES: list[tuple[str, str, str, Handler]] = [
    ("GET", "/v3/", "script", script),
    ("GET", "/_elements/field", "elements", field),
    ("GET", "/_elements/field.js", "script", field_script),
    ("POST", "/_elements/retrieve", "elements", retrieve),
    ("POST", "/_elements/confirm", "elements", confirm),
]
