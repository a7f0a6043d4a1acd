"""Payouts by the shop's own account at a payment channel that pays to bank accounts: its keys stay with payments."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from goodfor.kernel.outcomes import Outcome, Unknown
from goodfor.payments import queries as payments
from goodfor.payments.operations.send_transfer import ask_transfer, send_transfer
from goodfor.payments.types import Transfer
from goodfor.settlement.providers.base import NOT_SENT, PayoutAttempt, Way


class ChannelTransfers:
    """`PayoutProvider` over the accounts of one channel; a way is `channel:code of the account`."""

    def __init__(self, channel: str) -> None:
        self._channel = channel

    def ways(self, shop_id: UUID, currency: str, now: datetime) -> list[Way]:
        """One for each account that is the shop's own and switched on."""
        found = payments.transferring_accounts(shop_id, currency, now)
        return [Way(f"{self._channel}:{one.code}", one.name, one.id) for one in found if one.provider == self._channel]

    def ledger_account(self, way: str) -> str:
        """What we have at the channel and may use."""
        return f"1012:channel:{self._channel}:{way.partition(':')[2]}:available"

    def pay(self, attempt: PayoutAttempt, now: datetime) -> Outcome:
        """See `PayoutProvider.pay`."""
        return _call(send_transfer, attempt, now, NOT_SENT)

    def ask(self, attempt: PayoutAttempt, now: datetime) -> Outcome:
        """See `PayoutProvider.ask`."""
        return _call(ask_transfer, attempt, now, "no_account")


def _call(ask: Callable[..., Outcome], attempt: PayoutAttempt, now: datetime, without: str) -> Outcome:
    if attempt.shop_id is None or attempt.account_id is None:
        return Unknown(without)
    transfer = Transfer(
        number=attempt.key,
        amount=attempt.amount,
        payee_name=attempt.bank.name,
        payee_account=attempt.bank.account,
        payee_bank=attempt.bank.bank,
        note=attempt.purpose,
    )
    return ask(shop_id=attempt.shop_id, account_id=attempt.account_id, transfer=transfer, now=now)
