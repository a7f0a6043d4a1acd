"""A buyer does not accept a rejection: once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales import clocks, facts, states
from goodfor.aftersales.case_queries import case_view
from goodfor.aftersales.errors import CaseMoved
from goodfor.aftersales.evidence import latest
from goodfor.aftersales.mapping import terms_from_json
from goodfor.aftersales.operations.answer import BUYER
from goodfor.aftersales.operations.examine import examine
from goodfor.aftersales.operations.steps import hold_case, move, note_finding, write
from goodfor.aftersales.operations.write_reply import checked
from goodfor.aftersales.types import CaseView
from goodfor.kernel import faultpoints
from goodfor.orders import claim_states
from goodfor.orders import queries as orders
from goodfor.orders.operations.reject_claim import reopen_claim


def object_to(*, shop_id: UUID, case_id: UUID, text: str, actor: str, now: datetime) -> CaseView:
    """Open the claim again, with the promise's clocks anew: the supplier is asked once more, or a person decides.

    Within 30 days of the rejection. Raises CaseNotFound, CaseMoved (not rejected, objected to before, too late),
    InvalidDecision (field `text`), ClaimExists (its codes have another claim now).
    """
    text = checked(text)
    with transaction.atomic():
        case = hold_case(shop_id, case_id, now)
        rejected = orders.claim(shop_id, case_id).state == claim_states.REJECTED
        if case.state != states.CLOSED or not rejected or facts.OBJECTION in latest(shop_id, case_id):
            raise CaseMoved
        if case.closed_at is None or now > case.closed_at + clocks.OBJECT_WITHIN:
            raise CaseMoved
        reopen_claim(shop_id=shop_id, claim_id=case_id, actor=actor, now=now)
        note_finding(case, facts.OBJECTION, {"at": now.isoformat()}, now)
        write(case, BUYER, text, now)
        answer_by, decide_by = clocks.due(now, terms_from_json(case.terms))
        move(
            case, states.PERSON, actor=actor, cause="objection", now=now, answer_by=answer_by, decide_by=decide_by,
            answered_at=None, decided_at=None, action="", by="", rule="", why="second_look", proven=False, next_at=now,
        )  # fmt: skip
    faultpoints.reach("aftersales.objected")
    examine(shop_id=shop_id, case_id=case_id, now=now)
    return case_view(shop_id, case_id)
