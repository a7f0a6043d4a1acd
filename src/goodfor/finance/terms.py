"""What an agreement may say."""

import re
from typing import Final
from uuid import UUID

from goodfor.catalog import queries as catalog
from goodfor.finance import states
from goodfor.finance.errors import InvalidAgreement
from goodfor.finance.models import CODE
from goodfor.finance.types import AgreementInput, Terms
from goodfor.supply import queries as supply

MAX_TIERS: Final = 20
MOST: Final = 2**53


def check(shop_id: UUID, says: AgreementInput) -> None:
    """Raise InvalidAgreement (`field`) where it does not hold together, or names what this shop does not have."""
    wrong = {
        "code": not re.fullmatch(CODE, says.code),
        "base": says.base not in states.BASES,
        "scope": says.scope not in states.SCOPES,
        "valid_to": says.valid_to is not None and says.valid_to <= says.valid_from,
        "line_cap_minor": says.line_cap_minor is not None and not 0 <= says.line_cap_minor < MOST,
        "month_cap_minor": says.month_cap_minor is not None and not 0 <= says.month_cap_minor < MOST,
        "priority": not 0 <= says.priority <= 30_000,
        "terms": not _terms_fine(says.terms),
    }
    for name, is_wrong in wrong.items():
        if is_wrong:
            raise InvalidAgreement(field=name)
    if not _scope_fine(shop_id, says):
        raise InvalidAgreement(field="scope_ref")


def _terms_fine(terms: Terms) -> bool:
    if terms.kind == "percent":
        return 0 <= terms.bp <= states.WHOLE
    if terms.kind == "fixed":
        return 0 <= terms.minor < MOST
    if terms.kind == "tiers":
        starts = [tier.from_volume for tier in terms.tiers]
        return (
            0 < len(starts) <= MAX_TIERS
            and starts == sorted(set(starts))
            and all(0 <= tier.from_volume < MOST and 0 <= tier.bp <= states.WHOLE for tier in terms.tiers)
            and terms.measure in states.MEASURES
        )
    return terms.kind == "none"


def _scope_fine(shop_id: UUID, says: AgreementInput) -> bool:
    if says.scope == "all":
        return says.scope_ref == ""
    if says.scope == states.SUPPLIER:
        return says.scope_ref in {one.code for one in supply.suppliers(shop_id)}
    try:
        ref = UUID(says.scope_ref)
    except ValueError:
        return False
    if str(ref) != says.scope_ref:
        return False
    if says.scope == "sku":
        return bool(catalog.desk_skus(shop_id, [ref]))
    return any(shelf.id == ref for shelf in catalog.shelves(shop_id))
