"""A second person looks at what was asked for: approves it, refuses it; who asked takes it back."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.risk import rule_states as states
from goodfor.risk.errors import ProposalNotFound, SecondPersonNeeded
from goodfor.risk.list_models import ListEntry
from goodfor.risk.operations.list_steps import activate, drop, take_off
from goodfor.risk.operations.rule_steps import alone, close, hold_proposal, hold_rule, must_be_able
from goodfor.risk.operations.submit_rule import apply_to_rule
from goodfor.risk.rule_models import Proposal, RuleVersion


@transaction.atomic
def approve(*, shop_id: UUID, proposal_id: UUID, actor: str, now: datetime) -> None:
    """Approve it, and it is done. Who asked for it or wrote it cannot, unless the shop has nobody else who may.

    Raises ProposalNotFound, ProposalDecided, Forbidden, SecondPersonNeeded, RuleChanged.
    """
    asked = _held(shop_id, proposal_id)
    must_be_able(shop_id, actor)
    by_oneself = alone(shop_id, actor)
    if not by_oneself and (actor == asked.asked_by or actor == _writer(asked)):
        raise SecondPersonNeeded
    # Alone, but asked by somebody who has left: that was a second person.
    own = by_oneself and actor == asked.asked_by
    if asked.kind == states.OF_RULE:
        apply_to_rule(hold_rule(shop_id, asked.subject_id), asked, actor=actor, now=now, by_oneself=own)
        return
    close(asked, states.APPROVED, actor=actor, now=now, by_oneself=own)
    if asked.kind == states.OF_ADDING:
        activate(shop_id, asked, now)
    elif asked.kind == states.OF_REMOVING:
        take_off(shop_id, asked, actor=actor, now=now)
    # Others were done before (a rule is off) or are done by who asked (a file).


@transaction.atomic
def refuse(*, shop_id: UUID, proposal_id: UUID, actor: str, now: datetime) -> None:
    """Refuse it; nothing changes. Raises ProposalNotFound, ProposalDecided, Forbidden."""
    asked = _held(shop_id, proposal_id)
    must_be_able(shop_id, actor)
    _end(asked, states.WITHDRAWN if actor == asked.asked_by else states.REFUSED, actor, now)


@transaction.atomic
def withdraw(*, shop_id: UUID, proposal_id: UUID, actor: str, now: datetime) -> None:
    """Take back what one asked for oneself. Raises ProposalNotFound (also where somebody else did), ProposalDecided."""
    asked = _held(shop_id, proposal_id)
    if actor != asked.asked_by:
        raise ProposalNotFound
    _end(asked, states.WITHDRAWN, actor, now)


def _held(shop_id: UUID, proposal_id: UUID) -> Proposal:
    """The proposal, locked after its rule: in the order in which whoever changes rules takes them."""
    kind_and_subject = (
        Proposal.objects.filter(shop_id=shop_id, id=proposal_id).values_list("kind", "subject_id").first()
    )
    if kind_and_subject is None:
        raise ProposalNotFound
    if kind_and_subject[0] in states.ABOUT_RULES:
        hold_rule(shop_id, kind_and_subject[1])
    return hold_proposal(shop_id, proposal_id)


def _writer(asked: Proposal) -> str:
    """Who wrote what is to count, or put the entries down."""
    if asked.kind == states.OF_RULE:
        return RuleVersion.objects.get(shop_id=asked.shop_id, id=UUID(asked.wanted["version"])).made_by
    if asked.kind != states.OF_ADDING:
        return ""
    row = ListEntry.objects.filter(shop_id=asked.shop_id, proposal_id=asked.id).values_list("made_by").first()
    return str(row[0]) if row is not None else ""


def _end(asked: Proposal, state: str, actor: str, now: datetime) -> None:
    close(asked, state, actor=actor, now=now)
    if asked.kind == states.OF_ADDING:
        drop(asked.shop_id, asked, actor=actor, now=now)
