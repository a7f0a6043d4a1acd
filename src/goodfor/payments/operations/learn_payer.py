"""Send a buyer's browser to the channel to ask who pays, and read the answer. Nothing of it is stored here."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.outcomes import Succeeded
from goodfor.payments.errors import AccountNotFound
from goodfor.payments.mapping import opened
from goodfor.payments.models import Account
from goodfor.payments.providers.base import ConfigProblem
from goodfor.payments.providers.payers import PayerSource
from goodfor.payments.providers.registry import payer_source


def payer_page(*, shop_id: UUID, account_id: UUID, method: str, back: str, state: str, now: datetime) -> str:
    """Where the browser is to go; it comes back to `back` with `code` and `state`. Raises AccountNotFound."""
    row, source = _source(shop_id, account_id, now)
    account = opened(row)
    if not source.can_ask_payer(account, method):
        raise AccountNotFound
    try:
        return source.payer_page(account, method, back, state)
    except ConfigProblem:
        raise AccountNotFound from None


def learn_payer(*, shop_id: UUID, account_id: UUID, method: str, code: str, now: datetime) -> tuple[str, str] | None:
    """(application, its id of the buyer) for a code that the browser brought; None where the channel does not say.

    Never inside a transaction. Raises AccountNotFound.
    """
    require_no_transaction()
    row, source = _source(shop_id, account_id, now)
    account = opened(row)
    try:
        outcome = source.payer_of(account, method, code, now)
    except ConfigProblem:
        return None
    return (source.payer_app(account.config, method), outcome.ref) if isinstance(outcome, Succeeded) else None


def _source(shop_id: UUID, account_id: UUID, now: datetime) -> tuple[Account, PayerSource]:
    row = Account.objects.filter(
        shop_id=shop_id, id=account_id, enabled=True, valid_to__isnull=True, valid_from__lte=now
    ).first()
    source = payer_source(row.provider) if row else None
    if row is None or source is None:
        raise AccountNotFound
    return row, source
