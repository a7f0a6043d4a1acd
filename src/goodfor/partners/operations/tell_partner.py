"""Partners are told what became of exchanges, again and again within a day, until they say `ok`."""

from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.faultpoints import reach
from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.tenancy import platform_job
from goodfor.partners import calling, schedule, states
from goodfor.partners.errors import ExchangeNotFound
from goodfor.partners.locks import lock_word
from goodfor.partners.models import Account, Attempt, Exchange, Word
from goodfor.partners.operations.steps import move_word

log = structlog.get_logger(__name__)


def tell_due(*, now: datetime, limit: int = 50) -> int:
    """All shops; how many words were said. Never inside a transaction."""
    require_no_transaction()
    with platform_job("words to partners"):
        due = list(Word.objects.filter(next_at__lte=now).order_by("next_at").values_list("shop_id", "id")[:limit])
    for shop_id, word_id in due:
        try:
            tell_partner(shop_id=shop_id, word_id=word_id, now=now)
        except Exception:
            log.exception("partner_word_crashed", word=str(word_id))
    return len(due)


def tell_partner(*, shop_id: UUID, word_id: UUID, now: datetime) -> str:
    """Say a word that is due once; its state. Who was killed while saying it says it again: they hear it twice."""
    with transaction.atomic():
        word = lock_word(shop_id, word_id)
        if word.next_at is None or word.next_at > now:
            return word.state
        word.next_at = now + schedule.LEASE
        word.save(update_fields=["next_at"])
    account = Account.objects.get(shop_id=shop_id, id=word.account_id)
    row = Exchange.objects.get(shop_id=shop_id, id=word.exchange_id)
    reach("partners.telling")
    answer = calling.tell_result(account, row, success=word.success, now=now) if account.notice_url else ""
    reach("partners.told")
    with transaction.atomic():
        word = lock_word(shop_id, word_id)
        Attempt.objects.create(shop_id=shop_id, word=word, at=now, answer=answer)
        if word.state != states.DUE:
            return word.state
        word.tries += 1
        again = schedule.next_try(word.tries, now)
        if answer == calling.HEARD:
            move_word(word, states.TOLD, actor="system", cause="answer", now=now, tries=word.tries)
        elif again is None:
            move_word(word, states.GIVEN_UP, actor="system", cause="tries", now=now, tries=word.tries)
        else:
            word.next_at = again
            word.save(update_fields=["tries", "next_at"])
    return word.state


@transaction.atomic(savepoint=False)
def tell_again(*, shop_id: UUID, account_id: UUID, word_id: UUID, actor: str, now: datetime) -> str:
    """Somebody of the staff has it said now, and by the ladder from its beginning. Raises ExchangeNotFound."""
    word = lock_word(shop_id, word_id)
    if word.account_id != account_id:
        raise ExchangeNotFound
    if word.state == states.GIVEN_UP:
        move_word(word, states.DUE, actor=actor, cause="again", now=now, tries=0, next_at=now)
    elif word.state == states.DUE:
        word.tries, word.next_at = 0, now
        word.save(update_fields=["tries", "next_at"])
    else:
        return word.state
    audit.record(
        shop_id=shop_id, actor=actor, action="partners.told_again", subject=("partner_exchange", word.exchange_id),
        data={"success": word.success}, now=now,
    )  # fmt: skip
    return word.state
