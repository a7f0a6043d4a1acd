"""WeChat's charges by contract (委托代扣, v3, 预约扣费): signed on a page, announced, applied for within its window.

A contract has one announcement at a time. What was applied for ends by itself; its query is that of any order.
"""

import re
from datetime import date, datetime, time
from typing import Any, Final
from urllib.parse import quote, urlencode

from goodfor.kernel.outbound.http import is_safe_url
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.base import CLOSED, NO_FUNDS, NOT_FOUND, UNSUPPORTED, Account, Attempt, created, paid
from goodfor.payments.providers.mandates import (
    ENDED,
    LIMIT,
    MANDATE_ENDED,
    NEEDS_BUYER,
    OTHER,
    ChargeWindow,
    Consent,
    MandateTerms,
    announced,
)
from goodfor.payments.providers.wechat import shapes
from goodfor.payments.providers.wechat.client import UNKNOWN_NUMBER, Caller, Refused, guarded
from goodfor.payments.providers.wechat.settings import Settings
from goodfor.payments.providers.wechat.shapes import BEIJING, BadReply
from goodfor.payments.types import Instruction

_SIGN: Final = "/v3/papay/scheduled-deduct-sign/contracts/pre-entrust-sign"
_SCHEDULES: Final = "/v3/papay/pay/schedules/contract-id"
_APPLY: Final = "/v3/papay/pay/transactions/apply"
#: WeChat takes money by contract from seven to ten o'clock; an hour and half an hour are left for clocks.
_FROM, _UNTIL = time(8, 0), time(21, 30)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FAILED: Final = frozenset({"PAYERROR", "PAY_FAIL"})
_OVER: Final = frozenset({"CLOSED", "REVOKED"})
_CODES: Final = {
    "NOT_ENOUGH": NO_FUNDS, "NOTENOUGH": NO_FUNDS, "BALANCE_NOT_ENOUGH": NO_FUNDS,
    "CONTRACT_NOT_EXIST": MANDATE_ENDED, "CONTRACT_NOT_EXISTED": MANDATE_ENDED, "CONTRACT_TERMINATED": MANDATE_ENDED,
    "RESOURCE_NOT_EXISTS": MANDATE_ENDED,
    "RULE_LIMIT": LIMIT, "RULELIMIT": LIMIT, "QUOTA_EXCEEDED": LIMIT, "AMOUNT_LIMIT": LIMIT,
    "USER_ACCOUNT_ABNORMAL": NEEDS_BUYER, "ACCOUNTERROR": NEEDS_BUYER,
}  # fmt: skip
#: Refusals that do not say that nothing was done.
_UNCERTAIN: Final = frozenset({"ORDERPAID", "ORDER_PAID", "OUT_TRADE_NO_USED", "INVALID_REQUEST", "TRADE_ERROR"})
#: Of a charge that failed after it was taken on, WeChat gives words only.
_WORDS: Final = (
    ("余额不足", NO_FUNDS),
    ("解约", MANDATE_ENDED),
    ("协议", MANDATE_ENDED),
    ("限额", LIMIT),
    ("异常", NEEDS_BUYER),
)


class WechatMandates:
    """`Mandates` for a merchant with a template of contracts (`papay_plan_id`)."""

    def mandate_terms(self, account: Account) -> MandateTerms | None:
        """The holder is told the day before."""
        return MandateTerms(announces=True) if Settings.of(account).papay_plan_id else None

    def sign(self, account: Account, consent: Consent, now: datetime) -> Outcome:
        """An address to go to with the phone; elsewhere it is shown as a code."""
        mine = Settings.of(account)
        body: dict[str, Any] = {
            "appid": mine.appid,
            "plan_id": int(mine.papay_plan_id),
            "out_contract_code": consent.number,
            "contract_display_account": shapes.cut(consent.holder_name, 32) or consent.number,
            "contract_notify_url": consent.notify_url,
            "deduct_schedule": {
                "estimated_deduct_date": consent.cycle.first_at.astimezone(BEIJING).date().isoformat(),
                "estimated_deduct_amount": _money(consent.most.amount_minor),
                "description": shapes.cut(consent.subject, 127) or consent.number,
            },
        }
        if consent.payer:
            body["openid"] = consent.payer
        scene = "jsapi" if consent.device == "wechat" else "h5"

        def ask() -> Outcome:
            url = shapes.text(Caller(mine, now).post(f"{_SIGN}/{scene}", body), "redirect_url", 1500)
            if not is_safe_url(url):
                return Unknown("no_link")
            return created(Instruction("qr" if consent.device == "pc" else "redirect", url))

        return guarded(ask, refused=lambda no: Rejected(no.reason, no.text) if no.proven else Unknown(no.reason))

    def query_mandate(self, account: Account, consent: Consent, now: datetime) -> Outcome:
        """By our own number."""
        mine = Settings.of(account)
        return guarded(lambda: _state(mine, consent, Caller(mine, now).get(_path(mine, consent))))

    def end_mandate(self, account: Account, consent: Consent, now: datetime) -> Outcome:
        """Where WeChat refuses, the contract itself says why."""
        mine = Settings.of(account)

        def order() -> Outcome:
            body = {"contract_termination_remark": "terminated by the merchant"}
            _state(mine, consent, Caller(mine, now).post(f"{_path(mine, consent)}/terminate", body))
            return Succeeded()

        outcome = guarded(order)
        if isinstance(outcome, Succeeded):
            return outcome
        found = self.query_mandate(account, consent, now)
        over = isinstance(found, Rejected) and found.code in (ENDED, NOT_FOUND)
        return Succeeded() if over else Unknown("not_ended")

    def announce(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Book the charge. What is booked already for as much is that; for something else it has to be over first."""
        mine = Settings.of(account)
        path = f"{_SCHEDULES}/{quote(attempt.payer, safe='')}"

        def ask() -> Outcome:
            booked = self._booked(mine, path, attempt, now)
            if booked is not None:
                return booked
            body = {"appid": mine.appid, "schedule_amount": _money(attempt.amount.amount_minor)}
            Caller(mine, now).post(f"{path}/schedule", body)
            return self._booked(mine, path, attempt, now) or Unknown("not_booked")

        return guarded(ask, refused=_refused)

    def _booked(self, mine: Settings, path: str, attempt: Attempt, now: datetime) -> Outcome | None:
        """What stands booked; None where nothing does. Raises as a call."""
        try:
            told = Caller(mine, now).get(path)
        except Refused as no:
            if no.proven and no.code in UNKNOWN_NUMBER:
                return None
            raise
        if told.get("schedule_state") != "SCHEDULED":
            return None
        if shapes.fen(shapes.inner(told, "scheduled_amount"), "total") != attempt.amount:
            return Unknown("other_charge_booked")
        first, last = _day(told, "deduct_start_date"), _day(told, "deduct_end_date")
        if first is None or last is None or last < first:
            raise BadReply("bad_window")
        return announced(ChargeWindow(datetime.combine(first, _FROM, BEIJING), datetime.combine(last, _UNTIL, BEIJING)))

    def charge(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Apply for it: taken on now, done a moment later."""
        mine = Settings.of(account)
        body = {
            "appid": mine.appid,
            "out_trade_no": attempt.number,
            "description": shapes.cut(attempt.subject or attempt.number, 127),
            "transaction_notify_url": attempt.notify_url,
            "contract_id": attempt.payer,
            "amount": _money(attempt.amount.amount_minor),
        }

        def order() -> Outcome:
            reply = Caller(mine, now).post(_APPLY, body)
            if reply.get("out_trade_no") != attempt.number:
                raise BadReply("other_number")
            return Pending()

        return guarded(order, refused=_refused)

    def query_charge(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """By our number. REFUND means that it was paid."""
        mine = Settings.of(account)

        def ask() -> Outcome:
            path = f"/v3/pay/transactions/out-trade-no/{quote(attempt.number, safe='')}"
            trade = Caller(mine, now).get(f"{path}?{urlencode({'mchid': mine.mchid})}")
            if trade.get("out_trade_no") != attempt.number or not mine.owns(trade.get("mchid"), trade.get("appid")):
                raise BadReply("other_number")
            state = shapes.text(trade, "trade_state", 32)
            if state in shapes.PAID_STATES:
                return paid(shapes.paid_fact(account, mine, trade, "query", now))
            if state in _FAILED:
                said = shapes.text(trade, "trade_state_desc", 200)
                return Rejected(next((code for word, code in _WORDS if word in said), OTHER), said)
            return Rejected(CLOSED) if state in _OVER else Pending(shapes.text(trade, "transaction_id", 64))

        return guarded(ask)

    def close_charge(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:  # noqa: ARG002
        """WeChat ends what it took on by itself."""
        return Rejected(UNSUPPORTED)


def _money(fen: int) -> dict[str, Any]:
    return {"total": fen, "currency": "CNY"}


def _path(mine: Settings, consent: Consent) -> str:
    return f"/v3/papay/sign/contracts/plan-id/{mine.papay_plan_id}/out-contract-code/{quote(consent.number, safe='')}"


def _state(mine: Settings, consent: Consent, reply: dict[str, Any]) -> Outcome:
    """Raises BadReply for a contract that is not the one asked about."""
    if reply.get("out_contract_code") != consent.number or reply.get("mchid") != mine.mchid:
        raise BadReply("other_number")
    ref, state = reply.get("contract_id"), reply.get("contract_state")
    if not isinstance(ref, str) or not shapes.is_long_number(ref) or (consent.ref and ref != consent.ref):
        raise BadReply("bad_contract")
    if state == "SIGNED":
        return Succeeded(ref)
    if state == "TERMINATED":
        return Rejected(ENDED)
    raise BadReply("bad_status")


def _day(told: dict[str, Any], name: str) -> date | None:
    text = shapes.text(told, name, 32)
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _refused(no: Refused) -> Outcome:
    """Only a refusal that WeChat has signed is one."""
    if not no.proven or no.code in _UNCERTAIN:
        return Unknown(no.reason)
    return Rejected(_CODES.get(no.code, no.reason), no.text)
