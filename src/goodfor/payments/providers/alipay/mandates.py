"""Alipay's charges by agreement (周期扣款): signed on a page of theirs, then `alipay.trade.pay` by its number."""

from datetime import datetime
from typing import Any, Final

from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.alipay import client, trades
from goodfor.payments.providers.alipay.client import Refused, text_of
from goodfor.payments.providers.alipay.settings import Settings
from goodfor.payments.providers.alipay.shapes import BEIJING, is_channel_number, subject
from goodfor.payments.providers.base import NO_FUNDS, NOT_FOUND, UNSUPPORTED, Account, Attempt, created
from goodfor.payments.providers.mandates import ENDED, LIMIT, MANDATE_ENDED, NEEDS_BUYER, Consent, MandateTerms
from goodfor.payments.types import Instruction

_SIGN, _UNSIGN = "alipay.user.agreement.page.sign", "alipay.user.agreement.unsign"
_QUERY = "alipay.user.agreement.query"
_NO_AGREEMENT: Final = frozenset({"USER_AGREEMENT_NOT_EXIST", "ACQ.USER_AGREEMENT_NOT_EXIST"})
_CODES: Final = {
    "ACQ.BUYER_BALANCE_NOT_ENOUGH": NO_FUNDS,
    "ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH": NO_FUNDS,
    "ACQ.AGREEMENT_NOT_EXIST": MANDATE_ENDED,
    "ACQ.AGREEMENT_INVALID": MANDATE_ENDED,
    "ACQ.AGREEMENT_STATUS_NOT_NORMAL": MANDATE_ENDED,
    "ACQ.USER_AGREEMENT_NOT_EXIST": MANDATE_ENDED,
    "ACQ.MERCHANT_AGREEMENT_NOT_EXIST": MANDATE_ENDED,
    "ACQ.CYCLE_PAY_DATE_NOT_MATCH": LIMIT,
    "ACQ.CYCLE_PAY_SINGLE_FEE_EXCEED": LIMIT,
    "ACQ.CYCLE_PAY_TOTAL_FEE_EXCEED": LIMIT,
    "ACQ.CYCLE_PAY_TOTAL_TIMES_EXCEED": LIMIT,
    "ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR": LIMIT,
    "ACQ.BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR": LIMIT,
    "ACQ.ERROR_BALANCE_PAYMENT_DISABLE": NEEDS_BUYER,
    "ACQ.BUYER_ENABLE_STATUS_FORBID": NEEDS_BUYER,
    "ACQ.PAYMENT_REQUEST_HAS_RISK": NEEDS_BUYER,
}
#: Refusals that do not say that nothing was done.
_UNCERTAIN: Final = frozenset({"ACQ.TRADE_HAS_SUCCESS", "ACQ.TRADE_HAS_CLOSE", "ACQ.CONTEXT_INCONSISTENT"})


class AlipayMandates:
    """`Mandates` for a merchant whose contract has agreements (`agreement_scene`)."""

    def mandate_terms(self, account: Account) -> MandateTerms | None:
        """Alipay tells the holder by itself."""
        return MandateTerms() if Settings.of(account).agreement_scene else None

    def sign(self, account: Account, consent: Consent, now: datetime) -> Outcome:
        """A form that the browser posts, signed here: nothing is known there before."""
        settings = Settings.of(account)
        cycle = consent.cycle
        content: dict[str, Any] = _which(settings, consent) | {
            "product_code": settings.agreement_product,
            "access_params": {"channel": "QRCODE" if consent.device == "pc" else "ALIPAYAPP"},
            "period_rule_params": {
                "period_type": cycle.unit.upper(),
                "period": cycle.count,
                "execute_time": cycle.first_at.astimezone(BEIJING).date().isoformat(),
                "single_amount": consent.most.as_decimal_string(),
            },
        }
        addresses = {"notify_url": consent.notify_url, "return_url": consent.return_url}
        fields = client.parameters(settings, _SIGN, content, now, addresses)
        return created(Instruction("form", settings.base_url, fields))

    def query_mandate(self, account: Account, consent: Consent, now: datetime) -> Outcome:
        """By our own number."""
        settings = Settings.of(account)

        def ask() -> Outcome:
            reply = client.call(settings, _QUERY, _which(settings, consent), now)
            client.require_same(reply, "external_agreement_no", consent.number)
            ref, status = text_of(reply, "agreement_no"), text_of(reply, "status")
            if status == "TEMP":
                return Pending()
            if status == "STOP":
                return Rejected(ENDED)
            if status != "NORMAL" or not is_channel_number(ref) or (consent.ref and consent.ref != ref):
                return Unknown("bad_reply")
            return Succeeded(ref)

        return client.guarded(ask, _not_there)

    def end_mandate(self, account: Account, consent: Consent, now: datetime) -> Outcome:
        """By our own number; one that is not there has ended."""
        settings = Settings.of(account)

        def order() -> Outcome:
            client.call(settings, _UNSIGN, _which(settings, consent), now)
            return Succeeded()

        outcome = client.guarded(order, _not_there)
        return Succeeded() if outcome == Rejected(NOT_FOUND) else outcome

    def announce(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:  # noqa: ARG002
        """Not by us."""
        return Rejected(UNSUPPORTED)

    def charge(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Done in this call, or not; 10003 (under way) is asked about."""
        settings = Settings.of(account)
        content = {
            "out_trade_no": attempt.number,
            "total_amount": attempt.amount.as_decimal_string(),
            "subject": subject(attempt.subject) or attempt.number,
            "product_code": settings.agreement_product,
            "agreement_params": {"agreement_no": attempt.payer},
        }

        def order() -> Outcome:
            reply = client.call(settings, "alipay.trade.pay", content, now, {"notify_url": attempt.notify_url})
            client.require_same(reply, "out_trade_no", attempt.number)
            return trades.paid_now(
                account, attempt.number, text_of(reply, "trade_no"), text_of(reply, "total_amount"),
                text_of(reply, "gmt_payment"), now,
            )  # fmt: skip

        return client.guarded(order, _refused)

    def query_charge(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Nobody is at a page: a trade that is not there was never made."""
        settings = Settings.of(account)
        return client.guarded(lambda: trades.ask(settings, account, attempt.number, now), _never_made)

    def close_charge(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """A trade that a refusal left waiting for its buyer."""
        settings = Settings.of(account)

        def order() -> Outcome:
            reply = client.call(settings, "alipay.trade.close", {"out_trade_no": attempt.number}, now)
            client.require_same(reply, "out_trade_no", attempt.number)
            return Succeeded()

        outcome = client.guarded(order, _never_made)
        return Succeeded() if outcome == Rejected(NOT_FOUND) else outcome


def _which(settings: Settings, consent: Consent) -> dict[str, Any]:
    return {
        "personal_product_code": f"{settings.agreement_product}_P",
        "sign_scene": settings.agreement_scene,
        "external_agreement_no": consent.number,
    }


def _not_there(problem: Refused) -> Outcome:
    signed = problem.signed and problem.sub_code in _NO_AGREEMENT
    return Rejected(NOT_FOUND) if signed else Unknown(client.REFUSED)


def _never_made(problem: Refused) -> Outcome:
    return Rejected(NOT_FOUND) if problem.says(client.TRADE_NOT_EXIST) else Unknown(client.REFUSED)


def _refused(problem: Refused) -> Outcome:
    if problem.code != "40004" or problem.sub_code in _UNCERTAIN:
        return Unknown(client.REFUSED)
    code = _CODES.get(problem.sub_code)
    return Rejected(code, problem.text) if code else client.rejected(problem)
