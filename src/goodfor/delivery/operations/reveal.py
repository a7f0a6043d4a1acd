"""Show codes to their owner, and write it down first."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.delivery.errors import CodeNotHeld
from goodfor.delivery.types import RevealedCode
from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.ids import uuid7_batch
from goodfor.kernel.sql import Statement
from goodfor.vault import operations as vault

_INSERT = Statement("goodfor.delivery", "sql/insert_reveals.sql")


@transaction.atomic(savepoint=False)
def reveal(
    *,
    shop_id: UUID,
    subject: tuple[str, UUID],
    holder_ids: Sequence[UUID],
    code_ids: Sequence[UUID] | None,
    actor: str,
    ip: str,
    now: datetime,
) -> list[RevealedCode]:
    """Decrypt the sold codes of these holders (all, or only `code_ids`), with a reveal row for each and an audit line.

    The caller has proved that `actor` owns the holders. Raises CodeNotHeld unless every asked code is held by them.
    """
    wanted = None if code_ids is None else set(code_ids)
    asked = None if wanted is None else list(wanted)
    # Opening locks the codes: in one order for everyone, whatever order the holders were asked for in.
    opened = {
        holder_id: vault.reveal(shop_id=shop_id, holder_id=holder_id, code_ids=asked, now=now)
        for holder_id in sorted(set(holder_ids))
    }
    shown = [
        RevealedCode(code.code_id, holder_id, code.number, code.secret, code.expires_at)
        for holder_id in dict.fromkeys(holder_ids)
        for code in opened[holder_id]
    ]
    if not shown or (wanted is not None and {code.code_id for code in shown} != wanted):
        raise CodeNotHeld
    _INSERT.run(
        {
            "shop_id": shop_id,
            "ids": uuid7_batch(len(shown)),
            "holder_ids": [code.line_id for code in shown],
            "code_ids": [code.code_id for code in shown],
            "actor": actor[:80],
            "ip_hash": keyring().blind_index("ip", ip.encode()) if ip else None,
            "now": now,
        }
    )
    audit.record(
        shop_id=shop_id, actor=actor, action="codes_revealed", subject=subject, data={"count": len(shown)}, now=now
    )
    return shown
