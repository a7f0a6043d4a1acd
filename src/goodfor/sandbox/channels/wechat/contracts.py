"""WeChat Pay's charges by contract (v3, 预约扣费): signed on a page, announced, applied for, ended."""

from datetime import date
from functools import partial
from typing import Any

from goodfor.sandbox.channels import consents, demo
from goodfor.sandbox.channels.cashier import sign_url
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.rows import Agreement, BookRefused, Refused, Wanted
from goodfor.sandbox.channels.wechat.common import caller, fen, part, stamp, text, trade_number, wrong
from goodfor.sandbox.channels.wechat.orders import notify_address
from goodfor.sandbox.ledger import beijing
from goodfor.sandbox.web import Handler, Request, Response, json_response

#: Refused at once; what else goes wrong does so after it was taken on.
_AT_ONCE = {
    "agreement_ended": ("CONTRACT_NOT_EXIST", "签约协议不存在", 404),
    "limit": ("RULE_LIMIT", "扣款金额超过限额", 403),
    "other": ("NO_AUTH", "不在可扣费期内", 403),
}


def _amount(body: dict[str, Any], name: str) -> int:
    money = part(body, name)
    if money.get("currency", "CNY") != "CNY":
        raise wrong("currency不符合要求")
    return fen(money, "total")


def _plan(value: object) -> None:
    if str(value) != demo.WECHAT_PLAN_ID:
        raise Refused("PARAM_ERROR", "plan_id不符合要求")


def presign(desk: Desk, request: Request, scene: str) -> Response:
    """Where the buyer signs."""
    mchid, body = caller(desk, request), request.json()
    _plan(body.get("plan_id"))
    if body.get("appid") != demo.WECHAT_APP_ID:
        raise Refused("APPID_MCHID_NOT_MATCH", "appid和mchid不匹配")
    number = text(body, "out_contract_code", 32)
    if not (number.isascii() and number.isalnum()):
        raise wrong("out_contract_code不符合要求")
    schedule = part(body, "deduct_schedule")
    try:
        date.fromisoformat(text(schedule, "estimated_deduct_date", 10))
    except ValueError:
        raise wrong("estimated_deduct_date不符合要求") from None
    agreement = consents.begin(
        desk, "wechat", mchid, number, f"{beijing(desk.now_ms(), '%Y%m%d')}{desk.digits(12)}",
        subject=text(schedule, "description", 127), most=_amount(schedule, "estimated_deduct_amount"), currency="CNY",
        notify_url=notify_address(text(body, "contract_notify_url", 255)), return_url="",
        detail={"account": text(body, "contract_display_account", 32), "scene": scene},
    )  # fmt: skip
    return json_response({"redirect_url": sign_url(desk, agreement)})


def contract(agreement: Agreement) -> dict[str, Any]:
    """A contract as query and notify tell it."""
    told: dict[str, Any] = {
        "mchid": agreement.merchant,
        "appid": demo.WECHAT_APP_ID,
        "contract_id": agreement.ref,
        "plan_id": int(demo.WECHAT_PLAN_ID),
        "out_contract_code": agreement.number,
        "contract_display_account": agreement.more.get("account", ""),
        "contract_state": "SIGNED" if agreement.state == "signed" else "TERMINATED",
        "contract_signed_time": stamp(agreement.signed_ms or 0),
        "openid": demo.WECHAT_OPENID,
    }
    if agreement.state == "ended":
        mode = "USER_TERMINATE" if agreement.ended_by == "buyer" else "MCH_API_TERMINATE"
        told["contract_terminate_info"] = {
            "contract_termination_mode": mode,
            "contract_terminated_time": stamp(agreement.ended_ms or 0),
        }
    return told


def _mine(desk: Desk, request: Request, plan: str, number: str) -> Agreement:
    """Once it is signed: before, there is none."""
    _plan(plan)
    agreement = consents.found(desk, "wechat", merchant=caller(desk, request), number=number)
    if agreement.state == "waiting":
        raise BookRefused("not_found")
    return agreement


def query(desk: Desk, request: Request, plan: str, number: str) -> Response:
    """By the merchant's number."""
    return json_response(contract(_mine(desk, request, plan, number)))


def terminate(desk: Desk, request: Request, plan: str, number: str) -> Response:
    """By the merchant; what is over stays so."""
    agreement = _mine(desk, request, plan, number)
    text(request.json(), "contract_termination_remark", 256)
    if agreement.state == "ended":
        raise Refused("CONTRACT_TERMINATED", "协议已解约", 400)
    return json_response(contract(consents.end(desk, agreement, "merchant")))


def schedule(desk: Desk, request: Request, ref: str) -> Response:
    """Books the next charge, of which the buyer is told now."""
    agreement = consents.found(desk, "wechat", merchant=caller(desk, request), ref=ref)
    try:
        return _booked(desk, consents.announce(desk, agreement, _amount(request.json(), "schedule_amount")))
    except consents.Declined as no:
        raise Refused(*_AT_ONCE[no.why]) from None


def show_schedule(desk: Desk, request: Request, ref: str) -> Response:
    """What is booked, was charged, or was missed."""
    return _booked(desk, consents.found(desk, "wechat", merchant=caller(desk, request), ref=ref))


def _booked(desk: Desk, agreement: Agreement) -> Response:
    if agreement.announced is None:
        return json_response({"schedule_state": "NO_SCHEDULED"})
    state = "PAID" if agreement.announced_for else "EXPIRED"
    told = {
        "schedule_state": "SCHEDULED" if consents.is_booked(agreement, desk.now_ms()) else state,
        "deduct_start_date": beijing(agreement.opens_ms, "%Y-%m-%d"),
        "deduct_end_date": beijing(agreement.closes_ms, "%Y-%m-%d"),
        "scheduled_amount": {"total": agreement.announced, "currency": "CNY"},
    }
    return json_response(told)


def apply(desk: Desk, request: Request) -> Response:
    """Takes a charge on; whether it comes about is told later."""
    mchid, body = caller(desk, request), request.json()
    if body.get("appid") != demo.WECHAT_APP_ID:
        raise Refused("APPID_MCHID_NOT_MATCH", "appid和mchid不匹配")
    try:
        agreement = consents.found(desk, "wechat", merchant=mchid, ref=text(body, "contract_id", 64))
    except BookRefused:
        raise Refused(*_AT_ONCE["agreement_ended"]) from None
    wanted = Wanted(
        channel="wechat", merchant=mchid, number=trade_number(body), kind="PAP",
        ref=f"42{beijing(desk.now_ms(), '%Y%m%d')}{desk.digits(18)}", amount=_amount(body, "amount"), currency="CNY",
        subject=text(body, "description", 127),
        notify_url=notify_address(text(body, "transaction_notify_url", 255)), detail={"appid": body["appid"]},
    )  # fmt: skip
    try:
        consents.charge(desk, wanted, agreement, announced=True)
    except consents.Declined as no:
        if no.why in _AT_ONCE:
            raise Refused(*_AT_ONCE[no.why]) from None
    return json_response({"out_trade_no": wanted.number, "amount": {"total": wanted.amount, "currency": "CNY"}})


_SIGN = "/v3/papay/scheduled-deduct-sign/contracts/pre-entrust-sign"
_CONTRACT = "/v3/papay/sign/contracts/plan-id/{plan}/out-contract-code/{number}"
_SCHEDULES = "/v3/papay/pay/schedules/contract-id/{ref}"
ROUTES: list[tuple[str, str, str, Handler]] = [
    *[("POST", f"{_SIGN}/{scene}", "sign", partial(presign, scene=scene)) for scene in ("h5", "jsapi")],
    ("GET", _CONTRACT, "agreement_query", query),
    ("POST", f"{_CONTRACT}/terminate", "agreement_end", terminate),
    ("GET", _SCHEDULES, "agreement_query", show_schedule),
    ("POST", f"{_SCHEDULES}/schedule", "announce", schedule),
    ("POST", "/v3/papay/pay/transactions/apply", "charge", apply),
]
