"""Say what a shop gives for invitations from now on."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.identity import queries as identity
from goodfor.identity.types import Permission
from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.referrals import giving
from goodfor.referrals import terms as writing
from goodfor.referrals.errors import InvalidProgramme
from goodfor.referrals.locks import lock_programme
from goodfor.referrals.models import ProgrammeRevision, ProgrammeWish
from goodfor.referrals.programme import revision_at, revision_view
from goodfor.referrals.states import COUPON
from goodfor.referrals.types import Revision, Terms


@transaction.atomic(savepoint=False)
def set_programme(*, shop_id: UUID, terms: Terms, actor: str, now: datetime) -> Revision | None:
    """A new revision; orders placed from now on are rewarded by it. The same terms again change nothing.

    What gives more than the terms in force waits (None) until a second person of those who may says the same: nobody
    sets what he himself may earn. Where nobody else may, it counts at once. Raises InvalidProgramme with the field.
    """
    writing.checked(terms)
    if terms.kind == COUPON and not giving.gives_coupons():
        raise InvalidProgramme(field="kind")
    if terms.coupon_batch is not None and not giving.giver().has(shop_id, terms.coupon_batch, now):
        raise InvalidProgramme(_("这批优惠券不能用来发奖励"), field="coupon_batch")
    lock_programme(shop_id)
    last = revision_at(shop_id, now)
    if last is not None and last.terms == terms:
        ProgrammeWish.objects.filter(shop_id=shop_id).delete()
        return last
    wish = ProgrammeWish.objects.filter(shop_id=shop_id).first()
    if writing.gives_more(terms, last.terms if last else Terms()) and _others(shop_id, actor, now):
        said = writing.to_json(terms)
        if wish is None or wish.terms != said or wish.asked_by == actor[:80]:
            _ask(shop_id, said, actor, now)
            return None
    ProgrammeWish.objects.filter(shop_id=shop_id).delete()
    row = ProgrammeRevision(
        shop_id=shop_id, programme_id=last.programme_id if last else uuid7(), number=last.number + 1 if last else 1,
        terms=writing.to_json(terms), made_at=now, made_by=actor[:80],
    )  # fmt: skip
    ProgrammeRevision.objects.bulk_create([row])
    audit.record(
        shop_id=shop_id, actor=actor, action="referrals.programme_set",
        subject=("referral_programme", row.programme_id),
        data={"number": row.number, "terms": row.terms, "asked_by": wish.asked_by if wish else ""}, now=now,
    )  # fmt: skip
    return revision_view(row)


def _others(shop_id: UUID, actor: str, now: datetime) -> bool:
    """Whether somebody else of the shop could be asked."""
    person = identity.staff_by_actor(shop_id, actor)
    if person is None:
        return False
    return bool(identity.colleagues(shop_id, of=person.id, permission=Permission.PROMISES_SET, before=now))


def _ask(shop_id: UUID, said: dict[str, Any], actor: str, now: datetime) -> None:
    ProgrammeWish.objects.update_or_create(
        shop_id=shop_id, defaults={"terms": said, "asked_by": actor[:80], "asked_at": now}
    )
    audit.record(
        shop_id=shop_id, actor=actor, action="referrals.programme_asked", subject=("referral_programme", shop_id),
        data={"terms": said}, now=now,
    )  # fmt: skip
