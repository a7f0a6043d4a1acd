"""The buyer writes about a claim, and answers what was asked."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales import facts, states
from goodfor.aftersales.case_queries import case_view
from goodfor.aftersales.errors import CaseMoved
from goodfor.aftersales.evidence import latest
from goodfor.aftersales.models import Case
from goodfor.aftersales.operations.examine import examine
from goodfor.aftersales.operations.keep_pictures import keep_pictures
from goodfor.aftersales.operations.steps import hold_case, move, note_finding, write
from goodfor.aftersales.operations.write_reply import checked, room_left
from goodfor.aftersales.pictures import prepared
from goodfor.aftersales.types import CaseView

BUYER = "buyer"


def answer(
    *, shop_id: UUID, case_id: UUID, text: str, pictures: Sequence[bytes] = (), actor: str, now: datetime
) -> CaseView:  # fmt: skip
    """Keep the message; where one was waited for the clocks go on, and it is decided anew by whoever asked.

    `pictures`: as they were handed in; with some the text may be empty.
    Raises CaseNotFound, CaseMoved (closed, or too many messages), InvalidDecision (field `text`),
    InvalidPicture, TooManyPictures.
    """
    text = checked(text) if text.strip() or not pictures else ""
    added = prepared(pictures)
    with transaction.atomic():
        case = hold_case(shop_id, case_id, now)
        if case.state not in states.LIVE:
            raise CaseMoved
        if text:
            room_left(case)
            write(case, BUYER, text, now)
        if added:
            count = keep_pictures(shop_id=shop_id, case_id=case_id, pictures=added, now=now)
            note_finding(case, facts.PICTURES, {"pictures": count}, now)
        resumed = case.state == states.ASKING and _resume(case, actor, now)
    if resumed:
        examine(shop_id=shop_id, case_id=case_id, now=now)
    return case_view(shop_id, case_id)


def _resume(case: Case, actor: str, now: datetime) -> bool:
    """Back to the table, or to the person who asked; whether the table goes on."""
    by_table = latest(case.shop_id, case.id).get(facts.QUESTION, {}).get("by") == "system"
    to = states.CHECKING if by_table else states.PERSON
    move(case, to, actor=actor, cause="answered", now=now, next_at=now if by_table else None)
    return by_table
