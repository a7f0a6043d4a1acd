"""A program grants: read, looked at and agreed to in one go, or nothing."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.welfare import states
from goodfor.welfare.errors import FileFaulty
from goodfor.welfare.operations.agree_grant import agree_grant
from goodfor.welfare.operations.draft_grant import as_list, draft_grant
from goodfor.welfare.types import GrantView, GrantWish


@transaction.atomic(savepoint=False)
def grant_now(
    *, shop_id: UUID, company_id: UUID, wish: GrantWish, people: Sequence[tuple[str, str, str]], request_key: str,
    actor: str, now: datetime,
) -> GrantView:  # fmt: skip
    """`people`: work id or mail address, yuan, note. The same `request_key` again answers what it did.

    Raises what drafting and agreeing raise; FileFaulty has `lines`, the first of what is wrong: (line, code, what).
    """
    named = hashlib.sha256(request_key.encode()).hexdigest()
    drafted = draft_grant(
        shop_id=shop_id, company_id=company_id, wish=wish, data=as_list(people), request_key=f"api:{named}",
        actor=actor, now=now, kind=states.PROGRAM,
    )  # fmt: skip
    if drafted.fault_count and drafted.state == states.DRAFT:
        told = [[max(one.line - 1, 0), one.code, one.what] for one in drafted.faults[:100]]
        raise FileFaulty(faults=drafted.fault_count, lines=told)
    return agree_grant(
        shop_id=shop_id, company_id=company_id, grant_id=drafted.id, content_hash=drafted.content_hash, actor=actor,
        now=now,
    )  # fmt: skip
