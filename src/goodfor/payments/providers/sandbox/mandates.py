"""Consents of the built-in sandbox channel, where its account's config says `mandates`.

`announce_hours` of the config: as WeChat, it tells the holder before a charge and takes it that much later.
"""

from datetime import datetime, timedelta
from typing import Final

from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded
from goodfor.payments.models import SandboxTrade
from goodfor.payments.operations import sandbox_consents as books
from goodfor.payments.providers.base import NOT_FOUND, UNSUPPORTED, Account, Attempt, created, paid
from goodfor.payments.providers.mandates import ENDED, ChargeWindow, Consent, MandateTerms, announced
from goodfor.payments.sandbox_models import SandboxConsent
from goodfor.payments.types import Fact, Instruction

_WINDOW: Final = timedelta(days=2)


class SandboxMandates:
    """Part of the sandbox provider."""

    def mandate_terms(self, account: Account) -> MandateTerms | None:
        """By its config."""
        if not account.config.get("mandates"):
            return None
        return MandateTerms(announces=bool(account.config.get("announce_hours")))

    def sign(self, account: Account, consent: Consent, now: datetime) -> Outcome:  # noqa: ARG002
        """The holder goes to our own page."""
        books.open_consent(
            shop_id=account.shop_id, account_id=account.id, number=consent.number, most=consent.most,
            return_url=consent.return_url,
        )  # fmt: skip
        return created(Instruction("redirect", f"/pay/sandbox/{account.shop_id}/{consent.number}"))

    def query_mandate(self, account: Account, consent: Consent, now: datetime) -> Outcome:  # noqa: ARG002
        """What the books say."""
        row = SandboxConsent.objects.filter(shop_id=account.shop_id, number=consent.number).first()
        if row is None:
            return Rejected(NOT_FOUND)
        if row.state == "open":
            return Pending(row.number)
        return Succeeded(row.number) if row.state == "signed" else Rejected(ENDED)

    def end_mandate(self, account: Account, consent: Consent, now: datetime) -> Outcome:  # noqa: ARG002
        """Done at once."""
        books.end_consent(shop_id=account.shop_id, number=consent.number)
        return Succeeded(consent.number)

    def announce(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:  # noqa: ARG002
        """Told; taken from so many hours later on."""
        opens = now + timedelta(hours=int(account.config.get("announce_hours") or 0))
        return announced(ChargeWindow(opens, opens + _WINDOW))

    def charge(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Taken at once, or refused."""
        why = books.take_by_consent(
            shop_id=account.shop_id, account_id=account.id, consent=attempt.payer, number=attempt.number,
            amount=attempt.amount, now=now,
        )  # fmt: skip
        return Rejected(why) if why else self.query_charge(account, attempt, now)

    def query_charge(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Whether it was taken."""
        trade = SandboxTrade.objects.filter(
            shop_id=account.shop_id, account_id=account.id, number=attempt.number, state="paid"
        ).first()  # fmt: skip
        if trade is None:
            return Rejected(NOT_FOUND)
        return paid(
            Fact(
                kind="paid", provider="sandbox", account_id=account.id, our_ref=trade.number,
                channel_ref=f"S{trade.number}", amount=Money(trade.amount_minor, trade.currency),
                happened_at=trade.paid_at or now, source="query",
            )
        )  # fmt: skip

    def close_charge(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:  # noqa: ARG002
        """Nothing is ever left open."""
        return Rejected(UNSUPPORTED)
