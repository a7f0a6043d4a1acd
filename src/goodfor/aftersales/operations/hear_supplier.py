"""A supplier answered about a code of a case, or has taken it back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales import states
from goodfor.aftersales.evidence import VOIDED, look
from goodfor.aftersales.models import Case
from goodfor.aftersales.operations.carry_out import taken_back
from goodfor.aftersales.operations.examine import examine_held
from goodfor.aftersales.operations.steps import SYSTEM, hold_case, move
from goodfor.kernel import faultpoints
from goodfor.orders.operations.reject_claim import reopen_claim


def hear_supplier(*, shop_id: UUID, subject: UUID, kind: str, said: str, now: datetime) -> None:
    """Go on with the case that asked; nothing for a subject that is no case of this shop.

    A code that is taken back after its claim was rejected is nobody's any more: the money goes back after all.
    """
    if not Case.objects.filter(shop_id=shop_id, id=subject).exists():
        return
    with transaction.atomic():
        case = hold_case(shop_id, subject, now)
        if case.state == states.CLOSED:
            if kind == "void" and said == "voided" and case.action == states.REJECT:
                _taken_back_late(case, now)
        else:
            examine_held(case, now)
    faultpoints.reach("aftersales.decided")


def _taken_back_late(case: Case, now: datetime) -> None:
    reopen_claim(shop_id=case.shop_id, claim_id=case.id, actor=SYSTEM, now=now)
    move(case, states.PERSON, actor=SYSTEM, cause="taken_back_late", now=now, why="voided_after_all")
    if look(case, now).void == VOIDED:
        taken_back(case, now, why="voided_after_all")
