"""The staff ask the buyer for something; the clocks of the promise stand still until the answer."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales import states
from goodfor.aftersales.case_queries import case_view
from goodfor.aftersales.errors import CaseMoved, InvalidDecision
from goodfor.aftersales.operations.carry_out import Plan, carry_out
from goodfor.aftersales.operations.steps import hold_case, write
from goodfor.aftersales.operations.write_reply import checked
from goodfor.aftersales.types import CaseView
from goodfor.aftersales.wording import WHY


@transaction.atomic
def ask_buyer(*, shop_id: UUID, case_id: UUID, why: str, note: str, actor: str, now: datetime) -> CaseView:
    """Ask; `why` is a key of `wording.WHY` (empty: a question of the staff), `note` their words.

    Without an answer the case closes after a week. Raises CaseNotFound, CaseMoved, InvalidDecision (field).
    """
    why = why or "staff_ask"
    if why not in WHY:
        raise InvalidDecision(field="why")
    text = checked(note) if note.strip() else ""
    case = hold_case(shop_id, case_id, now)
    if case.state not in (states.CHECKING, states.PERSON):
        raise CaseMoved
    carry_out(case, Plan(states.ASK_BUYER, "", why, by=actor), None, (), now)
    if text:
        write(case, actor, text, now)
    return case_view(shop_id, case_id)
