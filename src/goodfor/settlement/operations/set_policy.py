"""Say how a shop settles."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.errors import InvalidInput
from goodfor.ledger import queries as ledger
from goodfor.settlement.locks import lock_policy
from goodfor.settlement.mapping import two_from
from goodfor.settlement.models import Policy
from goodfor.settlement.types import PolicyView


def set_policy(*, shop_id: UUID, policy: PolicyView, actor: str, now: datetime) -> None:
    """For statements made from now on; those made keep the number of approvals that they need. Raises InvalidInput.

    A limit that is lowered holds at once, one that is raised after a day (`mapping.two_from`): else one person alone
    could raise it, approve, and pay.
    """
    if policy.two_from_minor < 0:
        raise InvalidInput("an amount is not negative")
    account = f"1002:bank:{policy.bank}"
    if len(policy.bank) > 32 or ledger.account_label(account) == account:
        raise InvalidInput("not a segment of an account", bank=policy.bank[:32])
    if len(policy.payer_bank) > 80 or len(policy.payer_name) > 120 or len(policy.payer_account) > 40:
        raise InvalidInput("the payer's details are too long")
    with transaction.atomic():
        before = two_from(lock_policy(shop_id), now)
        Policy.objects.update_or_create(
            shop_id=shop_id,
            defaults={
                "two_from_minor": policy.two_from_minor,
                "two_from_before": before,
                "bank": policy.bank,
                "payer_bank": policy.payer_bank.strip(),
                "payer_name": policy.payer_name.strip(),
                "payer_account": policy.payer_account.strip(),
                "changed_at": now,
                "changed_by": actor,
            },
        )
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="settlement.policy_set",
            subject=("settlement.policy", shop_id),
            data={
                "two_from_minor": policy.two_from_minor,
                "bank": policy.bank,
                "payer_tail": policy.payer_account.strip()[-4:],
            },
            now=now,
        )
