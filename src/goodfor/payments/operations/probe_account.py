"""Ask a channel whether an account works."""

from datetime import datetime
from uuid import UUID

import structlog

from goodfor.kernel import audit
from goodfor.kernel.crypto import DecryptFailed
from goodfor.payments.errors import AccountNotFound
from goodfor.payments.mapping import opened
from goodfor.payments.models import Account
from goodfor.payments.providers.base import ConfigProblem
from goodfor.payments.providers.probing import Probe, probe
from goodfor.payments.providers.registry import provider_for

log = structlog.get_logger(__name__)


def probe_account(*, shop_id: UUID, account_id: UUID, actor: str, now: datetime) -> Probe:
    """A harmless question, outside of any transaction, within the adapter's time; its answer is noted in the trail.

    Raises AccountNotFound.
    """
    row = Account.objects.filter(shop_id=shop_id, id=account_id, valid_to__isnull=True).first()
    adapter = provider_for(row.provider) if row else None
    if row is None or adapter is None:
        raise AccountNotFound
    try:
        account = opened(row)
        adapter.check(account)
        found = probe(row.provider, adapter, account, now)
    except DecryptFailed:
        found = Probe("sealed")
    except ConfigProblem as problem:
        found = Probe(problem.code, problem.field_name)
    except Exception as error:
        # Whatever a gateway answers, the person is told; what it was stays out of the page.
        log.warning("probe_crashed", account=str(account_id), provider=row.provider, error=type(error).__name__)
        found = Probe("bad_reply")
    audit.record(
        shop_id=shop_id, actor=actor, action="payments.account_probed", subject=("payments.account", account_id),
        data={"code": row.code, "result": found.code}, now=now,
    )  # fmt: skip
    return found
