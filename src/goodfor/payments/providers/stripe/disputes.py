"""Disputes: asked about by their id, answered with what the buyer got."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded
from goodfor.payments.providers.base import NOT_FOUND, Account
from goodfor.payments.providers.disputes import Evidence
from goodfor.payments.providers.stripe import objects
from goodfor.payments.providers.stripe.client import BadReply, Refused, asked, call, guarded
from goodfor.payments.providers.stripe.settings import Settings
from goodfor.payments.types import Fact, FactKind, FactSource

_ENDS: Final[Mapping[str, FactKind]] = {
    "won": "dispute_won",
    # An inquiry that never became a chargeback.
    "warning_closed": "dispute_won",
    "prevented": "dispute_won",
    "lost": "dispute_lost",
}
_OPEN: Final = frozenset({"needs_response", "under_review", "warning_needs_response", "warning_under_review"})
_TEXT: Final = 20_000


class StripeDisputes:
    """See `Disputing`."""

    def query_dispute(self, account: Account, dispute_ref: str, now: datetime) -> Outcome:
        """See `Disputing.query_dispute`."""
        settings = Settings.of(account)

        def ask() -> Outcome:
            ref = objects.identifier(dispute_ref)
            try:
                dispute = call(settings, "get", f"/v1/disputes/{ref}", {})
            except Refused as problem:
                if problem.status == 404:
                    return Rejected(NOT_FOUND)
                raise
            objects.same(dispute, settings, dispute.get("id"), ref)
            fact = dispute_fact(account, dispute, kind_of(dispute.get("status")), now, "query")
            return Succeeded(ref=ref, data={"fact": fact})

        return asked(ask)

    def submit_evidence(self, account: Account, dispute_ref: str, evidence: Evidence, now: datetime) -> Outcome:  # noqa: ARG002
        """Hand it in; as a draft only where config says so, since what was handed in cannot be taken back there."""
        settings = Settings.of(account)

        def hand_in() -> Outcome:
            ref = objects.identifier(dispute_ref)
            params = {"evidence": _fields(evidence), "submit": settings.submit_evidence}
            try:
                dispute = call(settings, "post", f"/v1/disputes/{ref}", params)
            except Refused as problem:
                return Rejected(NOT_FOUND if problem.status == 404 else "refused", problem.text)
            objects.same(dispute, settings, dispute.get("id"), ref)
            return Succeeded(ref=ref)

        return guarded(hand_in)


def kind_of(status: object) -> FactKind:
    """What a dispute's status means. Raises BadReply for one that we do not know."""
    if isinstance(status, str) and status in _ENDS:
        return _ENDS[status]
    if isinstance(status, str) and status in _OPEN:
        return "disputed"
    raise BadReply("bad_status")


def dispute_fact(
    account: Account, dispute: Mapping[str, Any], kind: FactKind, happened_at: datetime, source: FactSource
) -> Fact:
    """The fact; `parent_ref` is the intent, or the charge where there is none. Raises BadReply."""
    amount = objects.money(dispute.get("amount"), dispute.get("currency"))
    if amount is None:
        raise BadReply("bad_amount")
    return Fact(
        kind=kind,
        provider="stripe",
        account_id=account.id,
        our_ref="",
        channel_ref=objects.identifier(dispute.get("id")),
        amount=amount,
        happened_at=happened_at,
        source=source,
        parent_ref=objects.identifier(dispute.get("payment_intent") or dispute.get("charge")),
    )


def _fields(evidence: Evidence) -> dict[str, str]:
    fields = {
        "product_description": evidence.product,
        "customer_email_address": evidence.buyer_contact if "@" in evidence.buyer_contact else "",
        "customer_purchase_ip": evidence.client_ip,
        "service_date": f"{evidence.delivered_at:%Y-%m-%d}" if evidence.delivered_at else "",
        "access_activity_log": "\n".join(evidence.reveals),
        "uncategorized_text": "\n".join(filter(None, [f"Order {evidence.order_number}", evidence.text])),
    }
    return {name: value[:_TEXT] for name, value in fields.items() if value}
