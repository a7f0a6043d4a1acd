"""Say what a shop gives for invitations from now on."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.referrals import giving
from goodfor.referrals import terms as writing
from goodfor.referrals.errors import InvalidProgramme
from goodfor.referrals.locks import lock_programme
from goodfor.referrals.models import ProgrammeRevision
from goodfor.referrals.programme import revision_at, revision_view
from goodfor.referrals.states import COUPON
from goodfor.referrals.types import Revision, Terms


@transaction.atomic(savepoint=False)
def set_programme(*, shop_id: UUID, terms: Terms, actor: str, now: datetime) -> Revision:
    """A new revision; orders placed from now on are rewarded by it. The same terms again change nothing.

    Raises InvalidProgramme with the field.
    """
    writing.checked(terms)
    if terms.kind == COUPON and not giving.gives_coupons():
        raise InvalidProgramme(field="kind")
    lock_programme(shop_id)
    last = revision_at(shop_id, now)
    if last is not None and last.terms == terms:
        return last
    row = ProgrammeRevision(
        shop_id=shop_id, programme_id=last.programme_id if last else uuid7(), number=last.number + 1 if last else 1,
        terms=writing.to_json(terms), made_at=now, made_by=actor[:80],
    )  # fmt: skip
    ProgrammeRevision.objects.bulk_create([row])
    audit.record(
        shop_id=shop_id, actor=actor, action="referrals.programme_set",
        subject=("referral_programme", row.programme_id),
        data={"number": row.number, "terms": row.terms}, now=now,
    )  # fmt: skip
    return revision_view(row)
