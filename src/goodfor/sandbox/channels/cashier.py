"""The buyer's side: a page where a payment of any channel is paid by hand, without a script, Chinese or English."""

from html import escape

from goodfor.sandbox.channels import consents
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.rows import Agreement, BookRefused, Payment
from goodfor.sandbox.fen import format_fen
from goodfor.sandbox.loopback import is_loopback_url
from goodfor.sandbox.pages import language_of
from goodfor.sandbox.web import Request, Response, Router, html_response, see_other

_TEXT = {
    "zh": {
        "lang": "zh-Hans",
        "title": "模拟支付",
        "note": "模拟支付渠道，不涉及真实资金",
        "pay": "模拟支付",
        "paid": "支付成功",
        "closed": "订单已关闭",
        "order": "订单号",
        "back": "返回商家",
        "agreement": "模拟签约",
        "sign": "同意自动扣款",
        "most": "每次最多",
        "signed": "签约成功",
        "ended": "已解约",
    },
    "en": {
        "lang": "en",
        "title": "Pay (simulated)",
        "note": "A stand-in of a payment channel, no real money moves",
        "pay": "Pay (simulated)",
        "paid": "Paid",
        "closed": "Order closed",
        "order": "Order",
        "back": "Back to the shop",
        "agreement": "Sign (simulated)",
        "sign": "Agree to be charged",
        "most": "At most, each time:",
        "signed": "Signed",
        "ended": "Ended",
    },
}
_NAMES = {"wechat": "微信支付 WeChat Pay", "alipay": "支付宝 Alipay", "stripe": "Stripe", "paypal": "PayPal"}
_STYLE = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:26rem;margin:0 auto;padding:1.5rem 1rem;color:#1d2926;"
    "background:#f3f5f4}main{background:#fff;border:1px solid #dfe5e2;border-radius:14px;padding:1.5rem;"
    "text-align:center}.sum{font-size:2.2rem;margin:.25rem 0}button,a.go{display:block;width:100%;min-height:48px;"
    "line-height:48px;border:0;border-radius:10px;background:#176b52;color:#fff;font:inherit;text-decoration:none}"
    "small{color:#5d6b67;overflow-wrap:anywhere}"
)
#: Currencies without minor units.
WHOLE = frozenset({"JPY", "KRW", "VND", "CLP", "TWD", "HUF"})


def add_routes(router: Router) -> None:
    """The pages of payments."""
    router.add("GET", "/pay/{channel}/{ref}", "pay", show)
    router.add("POST", "/pay/{channel}/{ref}", "pay", pay)
    router.add("GET", "/sign/{channel}/{token}", "sign", show_agreement)
    router.add("POST", "/sign/{channel}/{token}", "sign", sign)


def page_url(desk: Desk, payment: Payment) -> str:
    """Where a payment is paid by hand."""
    return f"{desk.url}/pay/{payment.channel}/{payment.ref}"


def sign_url(desk: Desk, agreement: Agreement) -> str:
    """Where an agreement is signed by hand."""
    return f"{desk.url}/sign/{agreement.channel}/{agreement.token}"


def show_agreement(desk: Desk, request: Request, channel: str, token: str) -> Response:
    """The agreement as it stands."""
    return html_response(_agreement_page(consents.found(desk, channel, token=token), language_of(request)))


def sign(desk: Desk, request: Request, channel: str, token: str) -> Response:
    """Signs, and sends the browser back to the shop."""
    agreement = consents.sign(desk, consents.found(desk, channel, token=token))
    if agreement.return_url:
        return see_other(agreement.return_url)
    return html_response(_agreement_page(agreement, language_of(request)))


def _agreement_page(agreement: Agreement, language: str) -> str:
    text = _TEXT["en" if language == "en" else "zh"]
    if agreement.state == "waiting":
        do = f'<form method="post"><button>{text["sign"]}</button></form>'
    else:
        do = f"<p><b>{text[agreement.state]}</b></p>"
    most = f"{text['most']} {_amount(agreement.most, agreement.currency)}" if agreement.most else ""
    return _frame(
        text, _NAMES[agreement.channel], text["agreement"],
        f"<p>{escape(agreement.subject)}</p><p>{most}</p>{do}<p><small>{escape(agreement.number)}</small></p>",
    )  # fmt: skip


def show(desk: Desk, request: Request, channel: str, ref: str) -> Response:
    """The payment as it stands; at Alipay opening it is what makes the trade."""
    payment = _found(desk, channel, ref)
    if payment.state == "open" and channel == "alipay":  # elsewhere looking changes nothing
        payment = desk.see(payment)
    return html_response(_page(payment, language_of(request)))


def pay(desk: Desk, request: Request, channel: str, ref: str) -> Response:
    """Pays, and sends the browser back to the shop; paying a paid one only does the latter."""
    payment = _found(desk, channel, ref)
    if payment.state != "closed":
        desk.channels[channel].buyer_pays(desk, payment)
        payment = _found(desk, channel, ref)
        if payment.return_url:
            return see_other(desk.channels[channel].return_url(desk, payment))
        back = request.query.get("redirect_url", "")
        if back and is_loopback_url(back):
            # Told with the page's address, as WeChat's H5 page takes it.
            return see_other(back)
    return html_response(_page(payment, language_of(request)))


def _found(desk: Desk, channel: str, ref: str) -> Payment:
    payment = desk.payment(channel, ref=ref) if channel in desk.channels else None
    if payment is None:
        raise BookRefused("not_found")
    return payment


def _page(payment: Payment, language: str) -> str:
    text = _TEXT["en" if language == "en" else "zh"]
    if payment.state == "open":
        do = f'<form method="post"><button>{text["pay"]}</button></form>'
    else:
        do = f"<p><b>{text[payment.state]}</b></p>"
        if payment.return_url.startswith(("http://", "https://")):
            do += f'<a class="go" href="{escape(payment.return_url)}">{text["back"]}</a>'
    return _frame(
        text, _NAMES[payment.channel], text["title"],
        f'<p>{escape(payment.subject)}</p><p class="sum">{_amount(payment.amount, payment.currency)}</p>{do}'
        f"<p><small>{text['order']} {escape(payment.number)}</small></p>",
    )  # fmt: skip


def _amount(minor: int, currency: str) -> str:
    return f"{minor if currency in WHOLE else format_fen(minor)} {escape(currency)}"


def _frame(text: dict[str, str], heading: str, title: str, inside: str) -> str:
    return (
        f'<!doctype html><html lang="{text["lang"]}"><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width,initial-scale=1"><title>{title}</title><style>{_STYLE}</style><main>'
        f"<h1>{heading}</h1>{inside}</main><p><small>{text['note']}</small></p>"
    )
