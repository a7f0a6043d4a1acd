"""Disputes: asked about by their id, answered in words. Where PayPal takes no answer now, its links do not offer it.

An app that was not given the right to disputes may not ask: then the signed word of an event is all there is.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from goodfor.kernel.ids import secret_token
from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded, Unknown
from goodfor.payments.providers.base import NOT_FOUND, UNSUPPORTED, Account
from goodfor.payments.providers.disputes import Evidence
from goodfor.payments.providers.paypal import objects
from goodfor.payments.providers.paypal.client import UNAUTHORIZED, BadReply, Refused, asked, call, guarded, written
from goodfor.payments.providers.paypal.settings import Settings
from goodfor.payments.types import Fact, FactKind, FactSource

ENDS: Final[Mapping[str, FactKind]] = {
    "RESOLVED_BUYER_FAVOUR": "dispute_lost",
    "RESOLVED_SELLER_FAVOUR": "dispute_won",
    "CANCELED_BY_BUYER": "dispute_won",
    # PayPal paid the buyer out of its own pocket.
    "RESOLVED_WITH_PAYOUT": "dispute_won",
    "DENIED": "dispute_won",
}
_OPEN: Final = frozenset({"OPEN", "WAITING_FOR_BUYER_RESPONSE", "WAITING_FOR_SELLER_RESPONSE", "UNDER_REVIEW", "OTHER"})
_RESOLVED: Final = "RESOLVED"
#: What of the many kinds of evidence fits something that is delivered by being shown. It takes words alone.
_DIGITAL: Final = "PROOF_FOR_SOFTWARE_OR_SERVICE_DELIVERED"
_NOTES: Final = 2000
NOT_NOW: Final = "not_now"


class PaypalDisputes:
    """See `Disputing`."""

    def query_dispute(self, account: Account, dispute_ref: str, now: datetime) -> Outcome:
        """See `Disputing.query_dispute`. Rejected(unsupported): this app may not ask."""
        settings = Settings.of(account)

        def ask() -> Outcome:
            try:
                dispute = _dispute(settings, dispute_ref, now)
            except Refused as problem:
                if problem.status == 404:
                    return Rejected(NOT_FOUND)
                raise
            fact = dispute_fact(account, dispute, kind_of(dispute), now, "query")
            return Succeeded(ref=dispute_ref, data={"fact": fact})

        outcome = asked(ask)
        return Rejected(UNSUPPORTED) if outcome == Unknown(UNAUTHORIZED) else outcome

    def submit_evidence(self, account: Account, dispute_ref: str, evidence: Evidence, now: datetime) -> Outcome:
        """Hand it in the way that PayPal offers now. Rejected(not_now): it takes none, before a claim or after one."""
        settings = Settings.of(account)

        def hand_in() -> Outcome:
            notes = notes_of(evidence)
            try:
                dispute = _dispute(settings, dispute_ref, now)
                if _has(dispute, notes):
                    # The answer to an earlier try was lost.
                    return Succeeded(ref=dispute_ref)
                ways = {link.get("rel") for link in objects.listed(dispute.get("links"))}
                if "provide-evidence" in ways:
                    _provide_evidence(settings, dispute_ref, notes, now)
                elif "provide-supporting-info" in ways:
                    _post(settings, dispute_ref, "provide-supporting-info", written({"notes": notes}), now)
                else:
                    return Rejected(NOT_NOW)
            except Refused as problem:
                return Rejected(NOT_FOUND if problem.status == 404 else "refused", problem.text)
            return Succeeded(ref=dispute_ref)

        return guarded(hand_in)


def kind_of(dispute: Mapping[str, Any]) -> FactKind:
    """What a dispute's status means. Raises BadReply for one that we do not know."""
    status = dispute.get("status")
    if status == _RESOLVED:
        code = objects.inner(dispute, "dispute_outcome", "outcome_code")
        ended = ENDS.get(code) if isinstance(code, str) else None
        if ended is not None:
            return ended
    elif isinstance(status, str) and status in _OPEN:
        return "disputed"
    raise BadReply("bad_status")


def dispute_fact(
    account: Account, dispute: Mapping[str, Any], kind: FactKind, happened_at: datetime, source: FactSource
) -> Fact:
    """The fact; `parent_ref` is the capture. Raises BadReply."""
    disputed = objects.listed(dispute.get("disputed_transactions"))
    amount = objects.money(dispute.get("dispute_amount"))
    if amount is None:
        raise BadReply("bad_amount")
    return Fact(
        kind=kind,
        provider="paypal",
        account_id=account.id,
        our_ref="",
        channel_ref=objects.identifier(dispute.get("dispute_id")),
        amount=amount,
        happened_at=happened_at,
        source=source,
        parent_ref=objects.identifier(disputed[0].get("seller_transaction_id") if disputed else None),
    )


def notes_of(evidence: Evidence) -> str:
    """The evidence in words: what the staff say first, since the end may be cut."""
    delivered = f"Delivered {evidence.delivered_at:%Y-%m-%d %H:%M} UTC" if evidence.delivered_at else ""
    lines = [evidence.text, f"Order {evidence.order_number}: {evidence.product}", delivered, *evidence.reveals]
    return "\n".join(filter(None, lines))[:_NOTES]


def _dispute(settings: Settings, dispute_ref: str, now: datetime) -> dict[str, Any]:
    ref = objects.identifier(dispute_ref)
    dispute = call(settings, now, "GET", f"/v1/customer/disputes/{ref}")
    if dispute.get("dispute_id") != ref:
        raise BadReply("other_number")
    for one in objects.listed(dispute.get("disputed_transactions")):
        seller = objects.inner(one, "seller", "merchant_id")
        if settings.merchant_id and seller is not None and seller != settings.merchant_id:
            raise BadReply("foreign_merchant")
    return dispute


def _has(dispute: Mapping[str, Any], notes: str) -> bool:
    held = [*objects.listed(dispute.get("evidences")), *objects.listed(dispute.get("supporting_info"))]
    return any(one.get("notes") == notes for one in held)


def _provide_evidence(settings: Settings, dispute_ref: str, notes: str, now: datetime) -> None:
    """PayPal takes evidence as a form of parts: `input` is JSON, beside it there may be files."""
    edge = secret_token(24)
    content = written({"evidences": [{"evidence_type": _DIGITAL, "notes": notes}]})
    head = f'--{edge}\r\nContent-Disposition: form-data; name="input"\r\nContent-Type: application/json\r\n\r\n'
    body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
    _post(settings, dispute_ref, "provide-evidence", body, now, f"multipart/form-data; boundary={edge}")


def _post(
    settings: Settings, dispute_ref: str, act: str, body: bytes, now: datetime, kind: str = "application/json"
) -> None:
    path = f"/v1/customer/disputes/{objects.identifier(dispute_ref)}/{act}"
    call(settings, now, "POST", path, body, kind=kind)
