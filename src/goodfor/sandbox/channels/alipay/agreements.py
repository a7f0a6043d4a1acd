"""Agreements of Alipay (周期扣款): signed on a page, asked about, ended; and the trades that are paid by them."""

import json
from datetime import date

from goodfor.sandbox.channels import consents, demo
from goodfor.sandbox.channels.alipay.common import answer, biz, money, text
from goodfor.sandbox.channels.cashier import sign_url
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.rows import Agreement, BookRefused, Payment, Refused, Wanted
from goodfor.sandbox.fen import format_fen
from goodfor.sandbox.ledger import beijing
from goodfor.sandbox.web import Handler, Request, Response, see_other

PRODUCTS = ("CYCLE_PAY_AUTH", "GENERAL_WITHHOLDING")
_DECLINED = {
    "no_funds": ("ACQ.BUYER_BALANCE_NOT_ENOUGH", "买家余额不足"),
    "agreement_ended": ("ACQ.AGREEMENT_NOT_EXIST", "用户协议不存在"),
    "needs_buyer": ("ACQ.ERROR_BALANCE_PAYMENT_DISABLE", "余额支付功能关闭"),
    "limit": ("ACQ.CYCLE_PAY_SINGLE_FEE_EXCEED", "周期扣款金额超过签约限额"),
    "other": ("ACQ.PAYMENT_FAIL", "支付失败"),
}


def _which(content: dict[str, object]) -> str:
    """external_agreement_no, with what has to stand beside it. Raises Refused."""
    product, scene = str(content.get("personal_product_code") or ""), content.get("sign_scene")
    if product.removesuffix("_P") not in PRODUCTS or not product.endswith("_P") or scene != demo.ALIPAY_SCENE:
        raise Refused("INVALID_PARAMETER", "参数有误:personal_product_code")
    return text(content, "external_agreement_no", 32)


def page_sign(desk: Desk, request: Request) -> Response:
    """Sends the buyer's browser to the page on which he signs."""
    content, params = biz(request), request.params
    rule = content.get("period_rule_params")
    access = content.get("access_params")
    if not isinstance(rule, dict) or rule.get("period_type") not in ("DAY", "MONTH") or not isinstance(access, dict):
        raise Refused("INVALID_PARAMETER", "参数有误:period_rule_params")
    try:
        date.fromisoformat(str(rule.get("execute_time")))
        if int(rule.get("period") or 0) < 1:
            raise ValueError
    except ValueError:
        raise Refused("INVALID_PARAMETER", "参数有误:execute_time") from None
    agreement = consents.begin(
        desk, "alipay", params["app_id"], _which(content), f"{beijing(desk.now_ms(), '%Y%m%d')}{desk.digits(12)}",
        subject=str(content["external_agreement_no"]), most=money(rule, "single_amount"), currency="CNY",
        notify_url=params.get("notify_url", ""), return_url=params.get("return_url", ""),
        detail={"product": content["personal_product_code"]},
    )  # fmt: skip
    return see_other(sign_url(desk, agreement))


def _signed(desk: Desk, request: Request) -> Agreement:
    """Only what is in force is found."""
    try:
        found = consents.found(
            desk, "alipay", merchant=request.params["app_id"], number=_which(biz(request))
        )  # fmt: skip
    except BookRefused:
        found = None
    if found is None or found.state != "signed":
        raise Refused("USER_AGREEMENT_NOT_EXIST", "用户协议不存在")
    return found


def query(desk: Desk, request: Request) -> Response:
    """As it stands."""
    found = _signed(desk, request)
    return answer(**agreement_fields(found), status="NORMAL", alipay_user_id=demo.ALIPAY_BUYER_ID)


def unsign(desk: Desk, request: Request) -> Response:
    """By the merchant."""
    consents.end(desk, _signed(desk, request), "merchant")
    return answer()


def agreement_fields(agreement: Agreement) -> dict[str, str]:
    """What query and notify both tell."""
    return {
        "agreement_no": agreement.ref,
        "external_agreement_no": agreement.number,
        "personal_product_code": str(agreement.more.get("product", "")),
        "sign_scene": demo.ALIPAY_SCENE,
        "sign_time": beijing(agreement.signed_ms),
        "valid_time": beijing(agreement.signed_ms),
        "invalid_time": "2115-02-01 00:00:00",
    }


def notify_fields(agreement: Agreement) -> dict[str, str]:
    """dut_user_sign or dut_user_unsign."""
    signed = agreement.state == "signed"
    return {
        "app_id": agreement.merchant,
        "auth_app_id": agreement.merchant,
        "charset": "utf-8",
        "version": "1.0",
        "notify_type": "dut_user_sign" if signed else "dut_user_unsign",
        "status": "NORMAL" if signed else "UNSIGN",
        "alipay_user_id": demo.ALIPAY_BUYER_ID,
        **agreement_fields(agreement),
    }


def pay(desk: Desk, request: Request) -> Response:
    """alipay.trade.pay by an agreement: done, refused, or (10003) under way."""
    content, params = biz(request), request.params
    by = content.get("agreement_params")
    if content.get("product_code") not in PRODUCTS or not isinstance(by, dict):
        raise Refused("ACQ.INVALID_PARAMETER", "参数有误:product_code")
    wanted = Wanted(
        channel="alipay", merchant=params["app_id"], number=text(content, "out_trade_no", 64), kind="AGREEMENT",
        ref=f"{beijing(desk.now_ms(), '%Y%m%d')}22001400{desk.digits(12)}", amount=money(content, "total_amount"),
        currency="CNY", subject=text(content, "subject", 256), notify_url=params.get("notify_url", ""),
    )  # fmt: skip
    try:
        found = consents.found(desk, "alipay", merchant=params["app_id"], ref=str(by.get("agreement_no") or ""))
        payment = consents.charge(desk, wanted, found)
    except BookRefused as no:
        raise Refused(*_DECLINED["agreement_ended"]) if no.why == "not_found" else no from None
    except consents.Declined as no:
        raise Refused(*_DECLINED[no.why]) from None
    return _told(payment)


def _told(payment: Payment) -> Response:
    if payment.state == "paid":
        return answer(
            out_trade_no=payment.number, trade_no=payment.ref, total_amount=format_fen(payment.amount),
            receipt_amount=format_fen(payment.amount), buyer_user_id=demo.ALIPAY_BUYER_ID,
            gmt_payment=beijing(payment.paid_ms),
        )  # fmt: skip
    body = {"code": "10003", "msg": "order success pay inprocess", "out_trade_no": payment.number}
    return Response(200, json.dumps(body).encode())


METHODS: dict[str, tuple[str, Handler]] = {
    "alipay.user.agreement.page.sign": ("sign", page_sign),
    "alipay.user.agreement.query": ("agreement_query", query),
    "alipay.user.agreement.unsign": ("agreement_end", unsign),
    "alipay.trade.pay": ("charge", pay),
}
