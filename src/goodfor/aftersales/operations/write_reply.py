"""The staff write to a buyer about a claim."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales.errors import CaseMoved, InvalidDecision
from goodfor.aftersales.events import ReplyWritten
from goodfor.aftersales.models import Case, Reply
from goodfor.aftersales.operations.steps import answered, change, hold_case, write
from goodfor.kernel.events import publish

MAX_TEXT = 1000
MOST_REPLIES = 200


@transaction.atomic
def write_reply(*, shop_id: UUID, case_id: UUID, text: str, actor: str, now: datetime) -> UUID:
    """Keep a message of 1 to 1,000 characters, sealed; the first one is the promised answer.

    Raises CaseNotFound, CaseMoved (too many messages), InvalidDecision (field `text`).
    """
    text = checked(text)
    case = hold_case(shop_id, case_id, now)
    room_left(case)
    reply_id = write(case, actor, text, now)
    if columns := answered(case, now):
        change(case, **columns)
    publish(
        shop_id=shop_id, event=ReplyWritten(case.id, case.order_id, case.number),
        cause=("aftersales.case", case.id), now=now,
    )  # fmt: skip
    return reply_id


def checked(text: str) -> str:
    """The text without blanks around it. Raises InvalidDecision (field `text`)."""
    text = text.strip()
    if not 0 < len(text) <= MAX_TEXT or "\x00" in text:
        raise InvalidDecision(field="text")
    return text


def room_left(case: Case) -> None:
    """Raises CaseMoved where a case has all the messages that one may have."""
    if Reply.objects.filter(shop_id=case.shop_id, case_id=case.id).count() >= MOST_REPLIES:
        raise CaseMoved
