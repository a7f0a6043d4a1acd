"""A shop's decision table, as it holds now."""

from uuid import UUID

from goodfor.aftersales import defaults, rules
from goodfor.aftersales.models import Policy
from goodfor.aftersales.types import PolicyView

#: What every shop begins with.
BUILT_IN = PolicyView(0, defaults.RULES, None, "")


def policy(shop_id: UUID) -> PolicyView:
    """The newest version; version 0 where the shop has set none."""
    row = Policy.objects.filter(shop_id=shop_id).order_by("-version").first()
    return _view(row) if row else BUILT_IN


def policies(shop_id: UUID, limit: int = 50) -> list[PolicyView]:
    """All versions, newest first, the built-in one last."""
    rows = Policy.objects.filter(shop_id=shop_id).order_by("-version")[:limit]
    return [*(_view(row) for row in rows), BUILT_IN]


def _view(row: Policy) -> PolicyView:
    return PolicyView(row.version, rules.read(row.rules), row.made_at, row.made_by)
