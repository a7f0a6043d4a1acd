"""Alipay as a provider: page, wap and app payments are signed here, a QR payment is made known by a call.

`ACQ.TRADE_NOT_EXIST` is Alipay's way of saying that nobody has scanned or signed in yet: not paid, not refused.
"""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from goodfor.kernel.outbound import http
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.alipay import bills, client, notify, refunds, trades
from goodfor.payments.providers.alipay.client import Refused, text_of
from goodfor.payments.providers.alipay.mandates import AlipayMandates
from goodfor.payments.providers.alipay.settings import METHODS, Settings
from goodfor.payments.providers.alipay.shapes import beijing_text, subject
from goodfor.payments.providers.alipay.splits import AlipaySplitter
from goodfor.payments.providers.alipay.transfers import AlipayTransferrer
from goodfor.payments.providers.base import (
    UNSUPPORTED,
    Account,
    Attempt,
    Capabilities,
    ConfigProblem,
    ParsedNotify,
    RefundAttempt,
    created,
)
from goodfor.payments.providers.bills import BillKind, BillRow
from goodfor.payments.types import Instruction, RawRequest

LINK_LENGTH = 2048


class AlipayProvider(AlipaySplitter, AlipayTransferrer, AlipayMandates):
    """Payments, refunds, notifications; also `BillSource`, `Splitter` (royalties), `Transferrer` and `Mandates`."""

    def capabilities(self, account: Account) -> Capabilities:
        """See `Capabilities`. Only a QR payment is made by a call; where one is offered, instructions are kept."""
        return Capabilities(
            local_create="precreate" not in account.methods,
            can_close=True,
            can_query_refund=True,
            refund_repeatable=True,
            refund_gap=3,
            freezes=frozenset(Settings.of(account).frozen_methods),
        )

    def check(self, account: Account) -> None:
        """See `Provider.check`: yuan, methods, ids, a safe address, keys that belong together."""
        settings = Settings.of(account)
        if account.currency != "CNY":
            raise ConfigProblem("currency", "not_supported")
        if any(method not in METHODS for method in account.methods):
            raise ConfigProblem("methods", "unknown")
        if not http.is_safe_url(settings.base_url) or "?" in settings.base_url:
            raise ConfigProblem("base_url", "not_https")
        settings.check_keys()

    def create(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Page and wap: a form that the browser posts. App: the text for Alipay's SDK. Precreate: a code to scan."""
        settings = Settings.of(account)
        if attempt.method not in METHODS:
            return Rejected(UNSUPPORTED)
        content = _order(settings, attempt)
        if attempt.method == "precreate":
            return _precreate(settings, attempt, content, now)
        addresses = {"notify_url": attempt.notify_url}
        if attempt.method != "app":
            addresses["return_url"] = attempt.return_url
        fields = client.parameters(settings, f"alipay.trade.{attempt.method}.pay", content, now, addresses)
        if attempt.method == "app":
            return created(Instruction("client", fields={"order_string": urlencode(fields, quote_via=quote)}))
        return created(Instruction("form", settings.base_url, fields))

    def query(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """See `Provider.query`. A trade that was paid and then given back whole is Rejected(refunded)."""
        settings = Settings.of(account)
        return client.guarded(lambda: trades.ask(settings, account, attempt.number, now), _not_yet)

    def close(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Close. A code that nobody scanned is cancelled; a page that nobody signed in to ends by its own expiry."""
        settings = Settings.of(account)

        def ask() -> Outcome:
            reply = client.call(settings, "alipay.trade.close", {"out_trade_no": attempt.number}, now)
            client.require_same(reply, "out_trade_no", attempt.number)
            return Succeeded(ref=text_of(reply, "trade_no")[:64])

        def refused(problem: Refused) -> Outcome:
            if not problem.says(client.TRADE_NOT_EXIST):
                return self._why_not_closed(account, attempt, now)
            return _cancel(settings, attempt, now) if attempt.method == "precreate" else Pending()

        return client.guarded(ask, refused)

    def _why_not_closed(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        state = self.query(account, attempt, now)
        if isinstance(state, Succeeded):
            return Rejected("paid")
        if isinstance(state, Rejected):
            return Succeeded()
        return state if isinstance(state, Unknown) else Rejected(client.REFUSED)

    def refund(self, account: Account, refund: RefundAttempt, now: datetime) -> Outcome:
        """See `refunds.refund`."""
        return refunds.refund(Settings.of(account), refund, now)

    def query_refund(self, account: Account, refund: RefundAttempt, now: datetime) -> Outcome:
        """See `refunds.query_refund`."""
        return refunds.query_refund(Settings.of(account), refund, now)

    def parse_notify(self, account: Account, raw: RawRequest, now: datetime) -> ParsedNotify:
        """See `notify.parse`."""
        return notify.parse(account, raw, now)

    def bill_kinds(self, account: Account) -> tuple[BillKind, ...]:  # noqa: ARG002
        """Both."""
        return ("trade", "fund")

    def download_bill(self, account: Account, day: date, kind: BillKind, target: Path, now: datetime) -> Outcome:
        """See `bills.download`."""
        return bills.download(Settings.of(account), day, kind, target, now)

    def read_bill(self, account: Account, kind: BillKind, path: Path) -> Iterator[BillRow]:
        """See `bills.read`."""
        return bills.read(Settings.of(account).seller_id, kind, path)


def _order(settings: Settings, attempt: Attempt) -> dict[str, Any]:
    content: dict[str, Any] = {
        "out_trade_no": attempt.number,
        "total_amount": attempt.amount.as_decimal_string(),
        "subject": subject(attempt.subject) or attempt.number,
        "product_code": settings.product_codes[attempt.method],
    }
    if attempt.expires_at is not None:
        content["time_expire"] = beijing_text(attempt.expires_at)
    if attempt.method == "wap" and attempt.return_url:
        content["quit_url"] = attempt.return_url
    if attempt.method in settings.frozen_methods:
        content["extend_params"] = {"royalty_freeze": "true"}
    return content


def _precreate(settings: Settings, attempt: Attempt, content: dict[str, Any], now: datetime) -> Outcome:
    def ask() -> Outcome:
        extra = {"notify_url": attempt.notify_url}
        reply = client.call(settings, "alipay.trade.precreate", content, now, extra)
        client.require_same(reply, "out_trade_no", attempt.number)
        code = text_of(reply, "qr_code")
        if not 0 < len(code) <= LINK_LENGTH or not code.isprintable():
            return Unknown("no_link")
        return created(Instruction("qr", code))

    def ask_or_refuse() -> Outcome:
        try:
            return ask()
        except Refused as problem:
            # Signed or not: no code was given, so there is nothing to pay by.
            return client.rejected(problem)

    return client.guarded(ask_or_refuse)


def _not_yet(problem: Refused) -> Outcome:
    return Pending() if problem.says(client.TRADE_NOT_EXIST) else Unknown(client.REFUSED)


def _cancel(settings: Settings, attempt: Attempt, now: datetime) -> Outcome:
    """Make a number that nobody scanned unpayable; should somebody pay in this moment, it is given back."""

    def ask() -> Outcome:
        reply = client.call(settings, "alipay.trade.cancel", {"out_trade_no": attempt.number}, now)
        client.require_same(reply, "out_trade_no", attempt.number)
        return Unknown("try_again") if text_of(reply, "retry_flag") == "Y" else Succeeded()

    return client.guarded(ask)
