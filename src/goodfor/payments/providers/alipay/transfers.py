"""Alipay's transfer to a bank account (`alipay.fund.trans.uni.transfer`, product TRANS_BANKCARD_NO_PWD).

`out_biz_no` is our number on every try; Alipay pays it once. A signed refusal did nothing; a transfer that was taken
on ends later, which only a query tells. Calls that pay out are allowed in certificate mode alone (Alipay's own rule).
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.alipay import client
from goodfor.payments.providers.alipay.client import Refused, text_of
from goodfor.payments.providers.alipay.settings import Settings
from goodfor.payments.providers.alipay.shapes import is_number, subject, yuan
from goodfor.payments.providers.base import NOT_FOUND, Account
from goodfor.payments.types import Transfer

_TRANSFER, _QUERY = "alipay.fund.trans.uni.transfer", "alipay.fund.trans.common.query"
_WHICH: Final = {"product_code": "TRANS_BANKCARD_NO_PWD", "biz_scene": "DIRECT_TRANSFER"}
_COMPANY, _PERSON = "1", "2"
#: Two to four Chinese characters, or two names with a dot between: a person's name. Everything else is a company's.
_PERSONS_NAME = re.compile(r"[一-鿿]{2,4}|[一-鿿]+·[一-鿿]+")
_UNDER_WAY: Final = frozenset({"DEALING", "WAIT_PAY", "INIT"})
_OVER: Final = frozenset({"FAIL", "CLOSED", "REFUND"})
#: Refusals that do not say that nothing was done.
_UNCERTAIN: Final = frozenset({"REQUEST_PROCESSING", "PAYMENT_INFO_INCONSISTENCY"})


class AlipayTransferrer:
    """`Transferrer` for an account whose contract has transfers to bank accounts."""

    def transfer(self, account: Account, transfer: Transfer, now: datetime) -> Outcome:
        """See `Transferrer.transfer`. Refused before anything is sent: another currency, an incomplete bank."""
        settings = Settings.of(account)
        payee = _payee(transfer)
        if transfer.amount.currency != "CNY" or transfer.amount.amount_minor <= 0 or not is_number(transfer.number):
            return Rejected("not_supported")
        if payee is None:
            return Rejected("bank_incomplete")
        content = {
            **_WHICH,
            "out_biz_no": transfer.number,
            "trans_amount": transfer.amount.as_decimal_string(),
            "order_title": subject(transfer.note) or transfer.number,
            "payee_info": payee,
        }

        def ask() -> Outcome:
            return _told(client.call(settings, _TRANSFER, content, now), transfer)

        return client.guarded(ask, _refused)

    def query_transfer(self, account: Account, transfer: Transfer, now: datetime) -> Outcome:
        """See `Transferrer.query_transfer`."""
        settings = Settings.of(account)

        def ask() -> Outcome:
            return _told(client.call(settings, _QUERY, {**_WHICH, "out_biz_no": transfer.number}, now), transfer)

        return client.guarded(ask, _not_there)


def _payee(transfer: Transfer) -> dict[str, Any] | None:
    """As Alipay wants it; None where a company's bank is not told whole: `招商银行 广东省 深圳市 南山支行`.

    A municipality needs no province before it: `招商银行 上海市 浦东支行`.
    """
    bank, *rest = transfer.payee_bank.split() or [""]
    kind = _PERSON if _PERSONS_NAME.fullmatch(transfer.payee_name) else _COMPANY
    more = {"account_type": kind, "inst_name": bank}
    if kind == _COMPANY:
        if not bank or len(rest) not in (2, 3):
            return None
        more |= {"inst_province": rest[0], "inst_city": rest[-2], "inst_branch_name": rest[-1]}
    return {
        "identity_type": "BANKCARD_ACCOUNT",
        "identity": transfer.payee_account,
        "name": transfer.payee_name,
        "bankcard_ext_info": more,
    }


def _told(reply: Mapping[str, Any], transfer: Transfer) -> Outcome:
    client.require_same(reply, "out_biz_no", transfer.number)
    status, ref = text_of(reply, "status"), text_of(reply, "order_id")[:64]
    amount = text_of(reply, "trans_amount")
    if amount and yuan(amount) != transfer.amount:
        return Unknown("other_amount")
    if status == "SUCCESS":
        return Succeeded(ref)
    if status in _UNDER_WAY:
        return Pending(ref)
    if status in _OVER:
        return Rejected(_code(text_of(reply, "error_code")) or status.lower(), text_of(reply, "fail_reason")[:200])
    return Unknown("bad_status")


def _code(text: str) -> str:
    code = text.rpartition(".")[2].lower()[:64]
    return code if code.isascii() and code.isidentifier() and code != NOT_FOUND else ""


def _refused(problem: Refused) -> Outcome:
    return Unknown(client.REFUSED) if problem.sub_code in _UNCERTAIN else client.rejected(problem)


def _not_there(problem: Refused) -> Outcome:
    return Rejected(NOT_FOUND) if problem.says("ORDER_NOT_EXIST") else Unknown(client.REFUSED)
