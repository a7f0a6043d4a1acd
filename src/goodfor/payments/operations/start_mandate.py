"""Begin a mandate: its row, and where the holder goes to sign it at the channel."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.faultpoints import reach
from goodfor.kernel.ids import order_number, uuid7
from goodfor.kernel.money import Money
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.outcomes import Rejected, Succeeded
from goodfor.kernel.statemachine import record_history
from goodfor.payments import states
from goodfor.payments.errors import (
    AccountNotFound,
    ChannelRejected,
    ChannelUnavailable,
    MandateKeyReused,
    MandateNotOpen,
    MandatesNotOffered,
)
from goodfor.payments.mandate_models import Mandate
from goodfor.payments.mandates import consent_of, mandate_view
from goodfor.payments.mapping import opened
from goodfor.payments.models import Account
from goodfor.payments.operations.close_mandate import fail_mandate
from goodfor.payments.providers.base import instruction_of
from goodfor.payments.providers.registry import mandates
from goodfor.payments.schedule import next_ask
from goodfor.payments.types import Cycle, Instruction, MandateView, SigningRequest

#: So long a holder may take to sign.
TO_SIGN: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class StartedMandate:
    """A mandate that waits for its holder, who follows the instruction."""

    mandate: MandateView
    instruction: Instruction


def start_mandate(
    *,
    shop_id: UUID,
    account_id: UUID,
    holder: str,
    most: Money,
    cycle: Cycle,
    business_key: str,
    request: SigningRequest,
    now: datetime,
    actor: str = "buyer",
) -> StartedMandate:
    """Make or take up the mandate of this key. Never inside a transaction.

    `holder` is opaque (`member:<uuid>`), `most` the most for each charge. Raises AccountNotFound, MandatesNotOffered,
    MandateKeyReused, MandateNotOpen (signed or over), ChannelRejected (the mandate has failed) and ChannelUnavailable
    (try again with the same key: the same contract is taken up). Raises ValueError without a holder or above zero.
    """
    require_no_transaction()
    account = Account.objects.filter(shop_id=shop_id, id=account_id, enabled=True, valid_to__isnull=True).first()
    if account is None or account.currency != most.currency:
        raise AccountNotFound
    adapter, with_secrets = mandates(account.provider), opened(account)
    if adapter is None or adapter.mandate_terms(with_secrets) is None:
        raise MandatesNotOffered
    if not holder or most.amount_minor <= 0 or cycle.count <= 0:
        raise ValueError("a mandate has a holder, a most above zero and a cycle")
    row = _row(account, holder, most, cycle, business_key, request, now, actor)
    if row.state != states.STARTED:
        raise MandateNotOpen(state=row.state)
    reach("mandates.inserted")
    outcome = adapter.sign(with_secrets, consent_of(row), now)
    reach("mandates.begun")
    if isinstance(outcome, Succeeded):
        with transaction.atomic():
            Mandate.objects.filter(shop_id=shop_id, id=row.id).update(sign_ref=outcome.ref or row.sign_ref)
        row.sign_ref = outcome.ref or row.sign_ref
        return StartedMandate(mandate_view(row), instruction_of(outcome))
    if isinstance(outcome, Rejected):
        with transaction.atomic():
            fail_mandate(row, outcome.code, actor="channel", now=now)
        raise ChannelRejected(reason=outcome.code)
    raise ChannelUnavailable(number=row.number)


def _row(
    account: Account, holder: str, most: Money, cycle: Cycle, key: str, request: SigningRequest, now: datetime,
    actor: str,
) -> Mandate:  # fmt: skip
    new = Mandate(
        id=uuid7(),
        shop_id=account.shop_id,
        account_id=account.id,
        provider=account.provider,
        account_code=account.code,
        # Letters and digits alone: WeChat takes nothing else.
        number="M" + order_number(now)[1:],
        business_key=key,
        holder=holder,
        subject=request.subject[:128],
        most_minor=most.amount_minor,
        currency=most.currency,
        cycle_unit=cycle.unit,
        cycle_count=cycle.count,
        first_at=cycle.first_at,
        request={name: text for name, text in asdict(request).items() if name != "subject"},
        created_at=now,
        expires_at=now + TO_SIGN,
        next_ask_at=next_ask(asked=0, now=now),
    )
    with transaction.atomic():
        Mandate.objects.bulk_create([new], ignore_conflicts=True)
        row = Mandate.objects.get(shop_id=account.shop_id, business_key=key)
        if row.id == new.id:
            record_history(
                shop_id=row.shop_id, machine=states.MANDATE, subject_id=row.id, moves=[(None, states.STARTED)],
                actor=actor, cause=holder, now=now,
            )  # fmt: skip
    same = (row.provider, row.account_code, row.holder, row.most_minor, row.currency, row.cycle_unit, row.cycle_count)
    if same != (account.provider, account.code, holder, most.amount_minor, most.currency, cycle.unit, cycle.count):
        raise MandateKeyReused
    return row
