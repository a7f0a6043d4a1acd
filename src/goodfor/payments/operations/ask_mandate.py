"""Ask the channel what became of a mandate, or tell it that one is over."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.faultpoints import reach
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded, Unknown
from goodfor.payments import states
from goodfor.payments.errors import MandateNotFound
from goodfor.payments.locks import lock_mandate
from goodfor.payments.mandate_models import Mandate
from goodfor.payments.mandates import channel_of, consent_of, mandate_view
from goodfor.payments.operations.close_mandate import activate_mandate, fail_mandate, finish_mandate
from goodfor.payments.operations.open_case import open_case
from goodfor.payments.providers.base import NOT_FOUND
from goodfor.payments.providers.base import Account as OpenAccount
from goodfor.payments.providers.mandates import ENDED, Consent, Mandates
from goodfor.payments.schedule import next_ask
from goodfor.payments.types import MandateView

#: Tries after which the staff are told that a channel still has a mandate that is over here: about a day.
TRIES_TO_END: Final = 30
#: `Mandate.failure` of one whose contract is another mandate's: it must not be ended for it.
TAKEN: Final = "contract_taken"
_MUTE: Final = Unknown("no_account")


def ask_mandate(*, shop_id: UUID, mandate_id: UUID, now: datetime) -> MandateView:
    """The mandate as it is after the channel's answer. Never inside a transaction. Raises MandateNotFound.

    One that is over here, and not there, is ended there: also one that was signed after it was given up.
    """
    answered(shop_id=shop_id, mandate_id=mandate_id, now=now)
    row = Mandate.objects.get(shop_id=shop_id, id=mandate_id)
    return mandate_view(row)


def answered(*, shop_id: UUID, mandate_id: UUID, now: datetime) -> bool:
    """As `ask_mandate`; False when its channel did not answer."""
    require_no_transaction()
    row = Mandate.objects.filter(shop_id=shop_id, id=mandate_id).first()
    if row is None:
        raise MandateNotFound
    outcome = _told(row, now)
    reach("mandates.asked")
    with transaction.atomic():
        current = lock_mandate(shop_id, mandate_id)
        if current.state == row.state:
            # Else the answer is about what it was: whoever moved it has said when to ask.
            _note(current, outcome, now)
    return not isinstance(outcome, Unknown)


def _told(row: Mandate, now: datetime) -> Outcome:
    channel = channel_of(row)
    if channel is None:
        return _MUTE
    adapter, account = channel
    consent = consent_of(row)
    if row.state == states.ENDED:
        return adapter.end_mandate(account, consent, now)
    outcome = adapter.query_mandate(account, consent, now)
    if row.state == states.FAILED and row.failure != TAKEN and isinstance(outcome, Succeeded):
        return _unwanted(adapter, account, consent, outcome, now)
    return outcome


def _unwanted(
    adapter: Mandates, account: OpenAccount, consent: Consent, found: Succeeded, now: datetime
) -> Outcome:  # fmt: skip
    """Signed too late: it is ended there by its number, since nobody here knows what it is for."""
    ended = adapter.end_mandate(
        account,
        Consent(
            number=consent.number, most=consent.most, cycle=consent.cycle, subject=consent.subject,
            holder_name=consent.holder_name, sign_ref=consent.sign_ref, ref=found.ref,
        ),
        now,
    )  # fmt: skip
    return Rejected(ENDED) if isinstance(ended, Succeeded) else Unknown("not_ended")


def _note(row: Mandate, outcome: Outcome, now: datetime) -> None:
    over = isinstance(outcome, Rejected) and outcome.code in (ENDED, NOT_FOUND)
    if row.state == states.STARTED and isinstance(outcome, Succeeded):
        if _is_taken(row, outcome.ref, now):
            fail_mandate(row, TAKEN, actor="channel", now=now)
        else:
            activate_mandate(row, outcome.ref, now=now)
    elif row.state == states.STARTED:
        if outcome == Rejected(ENDED) or (not isinstance(outcome, Unknown) and now > row.expires_at):
            fail_mandate(row, "not_signed", actor="channel", now=now)
        else:
            _again(row, now)
    elif row.state == states.ACTIVE:
        if over:
            finish_mandate(row, "channel", now=now)
        elif isinstance(outcome, Succeeded):
            _rest(row)
        else:
            _again(row, now)
    elif (row.state == states.ENDED and isinstance(outcome, Succeeded)) or (
        row.state == states.FAILED and not isinstance(outcome, Unknown)
    ):
        _rest(row)
    else:
        _again(row, now)


def _is_taken(row: Mandate, ref: str, now: datetime) -> bool:
    """The channel names a contract that is another mandate's: nobody is charged by somebody else's word."""
    others = Mandate.objects.filter(shop_id=row.shop_id, provider=row.provider, account_code=row.account_code)
    if not ref or others.filter(channel_ref=ref).exclude(id=row.id).exists():
        open_case(
            shop_id=row.shop_id, kind="mandate_taken", business_key=f"mandate:{row.id}",
            detail={"number": row.number, "provider": row.provider}, now=now,
        )  # fmt: skip
        return True
    return False


def _rest(row: Mandate) -> None:
    Mandate.objects.filter(shop_id=row.shop_id, id=row.id).update(next_ask_at=None, asked=0)


def _again(row: Mandate, now: datetime) -> None:
    Mandate.objects.filter(shop_id=row.shop_id, id=row.id).update(
        next_ask_at=next_ask(asked=row.asked, now=now), asked=row.asked + 1
    )
    if row.state == states.ENDED and row.asked >= TRIES_TO_END:
        open_case(
            shop_id=row.shop_id, kind="mandate_not_ended", business_key=f"mandate:{row.id}",
            detail={"number": row.number, "provider": row.provider}, now=now,
        )  # fmt: skip
