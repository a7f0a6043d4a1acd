"""The cashier's pages: one column, phone width, no script, Chinese or English. Pure: values in, HTML text out."""

import re
from html import escape
from typing import Literal

import segno

from goodfor.sandbox.fen import format_fen
from goodfor.sandbox.types import CLOSED, PAY_TYPES, UNPAID, Trade
from goodfor.sandbox.web import Request

Language = Literal["zh", "en"]

_TEXT: dict[Language, dict[str, str]] = {
    "zh": {
        "lang": "zh-Hans",
        "cashier": "收银台",
        "notice": "模拟支付网关，不涉及真实资金",
        "order": "订单号",
        "goods": "商品",
        "method": "支付方式",
        "scan": "请扫码支付，或点击下方按钮",
        "pay": "模拟支付",
        "paid": "支付成功",
        "paid_note": "款项已记入模拟账本。",
        "closed": "订单已关闭",
        "closed_note": "该订单不能再支付，请返回商家重新下单。",
        "back": "返回商家",
        "refused": "无法发起支付",
        "other": "English",
        "alipay": "支付宝",
        "wxpay": "微信支付",
        "qqpay": "QQ 钱包",
        "bank": "银行卡",
    },
    "en": {
        "lang": "en",
        "cashier": "Cashier",
        "notice": "Stand-in payment gateway, no real money moves",
        "order": "Order",
        "goods": "Goods",
        "method": "Pay with",
        "scan": "Scan to pay, or use the button below",
        "pay": "Pay (simulated)",
        "paid": "Paid",
        "paid_note": "The payment is in the stand-in's books.",
        "closed": "Order closed",
        "closed_note": "This order can no longer be paid. Please go back and order again.",
        "back": "Back to the shop",
        "refused": "Payment cannot start",
        "other": "中文",
        "alipay": "Alipay",
        "wxpay": "WeChat Pay",
        "qqpay": "QQ Wallet",
        "bank": "Bank card",
    },
}

_STYLE = """
:root{color-scheme:light dark;--bg:#f3f5f4;--card:#fff;--ink:#1d2926;--soft:#5d6b67;--line:#dfe5e2;--go:#176b52}
@media(prefers-color-scheme:dark){:root{--bg:#111715;--card:#1a2220;--ink:#e6ece9;--soft:#9aa8a3;--line:#2c3633;
--go:#2f9a78}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.6 system-ui,"PingFang SC","Noto Sans SC",sans-serif}
main{max-width:26rem;margin:0 auto;padding:1.25rem 1rem 3rem}
header{display:flex;justify-content:space-between;align-items:baseline}
header a{color:var(--soft);font-size:.875rem}
h1{font-size:1.05rem;font-weight:600;margin:.25rem 0 1rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:14px;padding:1.5rem 1.25rem;text-align:center}
.sum{font-size:2.4rem;font-weight:650;font-variant-numeric:tabular-nums;line-height:1.2;margin:.25rem 0 .75rem}
.sum small{font-size:1.25rem;font-weight:500;margin-right:.15em}
.qr{background:#fff;border-radius:10px;display:inline-block;padding:.75rem;border:1px solid var(--line)}
.qr svg{display:block;width:11rem;height:11rem}
.soft{color:var(--soft);font-size:.875rem}
dl{display:grid;grid-template-columns:auto 1fr;gap:.35rem 1rem;margin:1.25rem 0 0;padding-top:1rem;text-align:left;
border-top:1px solid var(--line);font-size:.9rem}
dt{color:var(--soft)}dd{margin:0;text-align:right;overflow-wrap:anywhere}
fieldset{border:0;padding:0;margin:1rem 0 0;display:grid;grid-template-columns:1fr 1fr;gap:.5rem}
legend{padding:0;margin-bottom:.4rem;color:var(--soft);font-size:.875rem}
label{border:1px solid var(--line);border-radius:10px;padding:.6rem .75rem;text-align:left;min-height:44px}
button,.button{display:block;width:100%;min-height:48px;margin-top:1.25rem;border:0;border-radius:10px;
background:var(--go);color:#fff;font:inherit;font-weight:600;text-decoration:none;line-height:48px;cursor:pointer}
button:focus-visible,.button:focus-visible,a:focus-visible{outline:3px solid var(--go);outline-offset:2px}
.quiet{display:inline-block;margin-top:1rem;color:var(--soft)}
.mark{font-size:2.2rem;line-height:1;color:var(--go)}
"""


def language_of(request: Request) -> Language:
    """English when asked for by `lang=en` or preferred by the browser, else Chinese."""
    wish = request.params.get("lang", "") or request.headers.get("Accept-Language", "")
    first = re.split(r"[,;-]", wish.strip().lower(), maxsplit=1)[0]
    return "en" if first == "en" else "zh"


def cashier_page(trade: Trade, language: Language, public_url: str, way_back: str = "") -> str:
    """The page of one trade in its state: to pay, paid, or closed. `way_back` is a finished URL."""
    text = _TEXT[language]
    if trade.state == CLOSED:
        body = _closing(text, "closed", "–", way_back)
    elif trade.state == UNPAID:
        body = _paying(trade, text, f"{public_url}/cashier/{trade.trade_no}")
    else:
        body = _closing(text, "paid", "✓", way_back)
    other = "en" if language == "zh" else "zh"
    switch = f'<a href="/cashier/{trade.trade_no}?lang={other}">{escape(text["other"])}</a>'
    return _page(text, f"{_amount(trade)}{body}{_facts(trade, text)}", switch)


def refusal_page(message: str, language: Language) -> str:
    """Why the browser's pay request was refused."""
    text = _TEXT[language]
    return _page(text, f'<p class="sum">{escape(text["refused"])}</p><p>{escape(message)}</p>', "")


def _paying(trade: Trade, text: dict[str, str], url: str) -> str:
    code = segno.make(url, error="m").svg_inline(border=0, dark="#1d2926", omitsize=True)
    return (
        f'<div class="qr" role="img" aria-label="QR">{code}</div><p class="soft">{escape(text["scan"])}</p>'
        f'<form method="post" action="/cashier/{trade.trade_no}/pay">{_choice(trade, text)}'
        f'<input type="hidden" name="lang" value="{text["lang"][:2]}">'
        f"<button>{escape(text['pay'])}</button></form>"
    )


def _choice(trade: Trade, text: dict[str, str]) -> str:
    if trade.type:
        return ""
    options = "".join(
        f'<label><input type="radio" name="type" value="{kind}"{" checked" if kind == PAY_TYPES[0] else ""}>'
        f" {escape(text[kind])}</label>"
        for kind in PAY_TYPES
    )
    return f"<fieldset><legend>{escape(text['method'])}</legend>{options}</fieldset>"


def _closing(text: dict[str, str], state: str, mark: str, way_back: str) -> str:
    link = f'<a class="button" href="{escape(way_back)}">{escape(text["back"])}</a>' if way_back else ""
    return (
        f'<p class="mark" aria-hidden="true">{mark}</p><p role="status"><strong>{escape(text[state])}</strong></p>'
        f'<p class="soft">{escape(text[state + "_note"])}</p>{link}'
    )


def _amount(trade: Trade) -> str:
    return f'<p class="sum"><small>¥</small>{format_fen(trade.shown_fen)}</p>'


def _facts(trade: Trade, text: dict[str, str]) -> str:
    rows = [("goods", trade.name), ("order", trade.out_trade_no)]
    if trade.type:
        rows.append(("method", text[trade.type]))
    facts = "".join(f"<dt>{escape(text[key])}</dt><dd>{escape(value)}</dd>" for key, value in rows)
    return f"<dl>{facts}</dl>"


def _page(text: dict[str, str], card: str, switch: str) -> str:
    title = escape(text["cashier"])
    return (
        f'<!doctype html><html lang="{text["lang"]}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><header><h1>{title}</h1>{switch}</header>"
        f'<div class="card">{card}</div><p class="soft" style="text-align:center">{escape(text["notice"])}</p>'
        "</main></body></html>"
    )
