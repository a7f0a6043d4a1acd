"""A shop changes its decision table."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from goodfor.aftersales.models import Policy
from goodfor.aftersales.policies import policy
from goodfor.aftersales.rules import read, to_json
from goodfor.aftersales.types import PolicyView, Rule
from goodfor.kernel import audit
from goodfor.kernel.locks import advisory_xact_lock


@transaction.atomic
def set_policy(
    *, shop_id: UUID, rules: Sequence[Rule] | list[dict[str, Any]], actor: str, now: datetime
) -> PolicyView:  # fmt: skip
    """Make a new version, which decides from now on; the same table again makes none. Raises InvalidRules(row, field).

    `rules`: as read, or in their JSON form.
    """
    plain = [to_json([rule])[0] if isinstance(rule, Rule) else rule for rule in rules]
    asked = read(plain)
    advisory_xact_lock(("policy", shop_id))
    held = policy(shop_id)
    if to_json(held.rules) == to_json(asked):
        return held
    made = Policy.objects.create(
        shop_id=shop_id, version=held.version + 1, rules=to_json(asked), made_at=now, made_by=actor[:80]
    )
    audit.record(
        shop_id=shop_id, actor=actor, action="claim_rules_set", subject=("shop", shop_id),
        data={"version": made.version, "rows": len(asked)}, now=now,
    )  # fmt: skip
    return PolicyView(made.version, asked, now, made.made_by)
