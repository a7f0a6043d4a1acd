"""Say what points are worth and how they are earned from now on."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.loyalty import terms as writing
from goodfor.loyalty.locks import lock_terms
from goodfor.loyalty.models import TermsRevision
from goodfor.loyalty.programme import revision_view
from goodfor.loyalty.types import Revision, Terms


@transaction.atomic(savepoint=False)
def set_terms(*, shop_id: UUID, terms: Terms, actor: str, now: datetime) -> Revision:
    """A new revision; what is earned from now on is worth what it says. The same terms again change nothing.

    Units that are held keep their worth in the books until they are reckoned anew (`revalue`). Raises InvalidPoints
    with the field.
    """
    writing.checked(terms)
    lock_terms(shop_id)
    last = TermsRevision.objects.filter(shop_id=shop_id).order_by("-number").first()
    said = writing.to_json(terms)
    if last is not None and writing.from_json(last.terms) == terms:
        return revision_view(last)
    row = TermsRevision(
        shop_id=shop_id, number=last.number + 1 if last else 1, terms=said,
        made_at=max(now, last.made_at) if last else now, made_by=actor[:80],
    )  # fmt: skip
    TermsRevision.objects.bulk_create([row])
    audit.record(
        shop_id=shop_id, actor=actor, action="loyalty.terms_set", subject=("loyalty_terms", shop_id),
        data={"number": row.number, "terms": said}, now=now,
    )  # fmt: skip
    return revision_view(row)
