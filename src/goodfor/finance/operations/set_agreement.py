"""Agree on who gets how much of what: the next version of an agreement, also from a time in the past on."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.finance import states, terms
from goodfor.finance.errors import InvalidAgreement, PartyNotFound
from goodfor.finance.mapping import agreement_view, terms_to_json
from goodfor.finance.models import Agreement, Party
from goodfor.finance.operations.set_bank import FREEZE
from goodfor.finance.sold_models import Backdate
from goodfor.finance.types import AgreementInput, AgreementView, Terms
from goodfor.kernel import audit
from goodfor.kernel.locks import advisory_xact_lock


def set_agreement(*, shop_id: UUID, says: AgreementInput, actor: str, now: datetime) -> AgreementView:
    """The next version, or the last one where that says the same. Terms of `none` end an agreement.

    It holds from its `valid_from` on, before which the versions of before do. Where that is past, what was shared since
    is reckoned anew by a loop, and only the differences are booked, under references of their own; payouts to the party
    rest for a day, as after a change of its bank account: what one person dates back, others have time to see.
    Raises InvalidAgreement (`field`), PartyNotFound.
    """
    terms.check(shop_id, says)
    with transaction.atomic():
        advisory_xact_lock(("finance", shop_id))
        party = Party.objects.filter(shop_id=shop_id, id=says.party_id).first()
        if party is None:
            raise PartyNotFound
        if party.kind == states.PLATFORM:
            raise InvalidAgreement(field="party_id", reason="the platform keeps the rest anyway")
        last = Agreement.objects.filter(shop_id=shop_id, code=says.code).order_by("-version").first()
        if last is not None:
            if last.party_id != says.party_id:
                raise InvalidAgreement(field="party_id", reason="another party has another agreement")
            if agreement_view(last).says == says:
                return agreement_view(last)
        row = Agreement.objects.create(
            shop_id=shop_id, code=says.code, version=last.version + 1 if last else 1, party_id=says.party_id,
            scope=says.scope, scope_ref=says.scope_ref, base=says.base, terms=terms_to_json(says.terms),
            line_cap_minor=says.line_cap_minor, month_cap_minor=says.month_cap_minor, priority=says.priority,
            valid_from=says.valid_from, valid_to=says.valid_to, made_at=now, made_by=actor[:80],
        )  # fmt: skip
        if says.valid_from < now:
            until = now if says.valid_to is None else min(now, says.valid_to)
            Backdate.objects.create(
                agreement_id=row.id, shop_id=shop_id, from_at=says.valid_from, until_at=until, started_at=now
            )
            frozen = max(now + FREEZE, party.frozen_until or now)
            Party.objects.filter(shop_id=shop_id, id=party.id).update(frozen_until=frozen)
        _note(row, says.terms, actor, now)
    return agreement_view(row)


def _note(row: Agreement, agreed: Terms, actor: str, now: datetime) -> None:
    data: dict[str, object] = {
        "code": row.code, "version": row.version, "party": str(row.party_id), "scope": row.scope,
        "scope_ref": row.scope_ref, "base": row.base, "terms": terms_to_json(agreed),
        "valid_from": row.valid_from.isoformat(), "valid_to": row.valid_to.isoformat() if row.valid_to else None,
        "line_cap_minor": row.line_cap_minor, "month_cap_minor": row.month_cap_minor, "priority": row.priority,
    }  # fmt: skip
    audit.record(
        shop_id=row.shop_id, actor=actor, action="finance.agreement_set", subject=("finance.agreement", row.id),
        data=data, now=now,
    )  # fmt: skip
