"""Count a try and refuse when there were too many."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.ids import hash_token, uuid7
from goodfor.kernel.sql import Statement
from goodfor.storefront.errors import TooManyTries

_COUNT = Statement("goodfor.storefront", "sql/count_attempt.sql")


def count_attempt(*, shop_id: UUID, scope: str, subject: str, limit: int, window: timedelta, now: datetime) -> int:
    """Count one try of `subject` in the fixed window that holds `now`; the tries so far, this one included.

    Raises TooManyTries above `limit`, with `retry_after` in seconds. Only a hash of the subject is stored.
    """
    seconds = int(window.total_seconds())
    start = int(now.timestamp()) // seconds * seconds
    row = _COUNT.row(
        {
            "id": uuid7(),
            "shop_id": shop_id,
            "scope": scope,
            "subject_hash": hash_token(f"{scope}:{subject}"),
            "window_start": datetime.fromtimestamp(start, tz=UTC),
        }
    )
    tries = int(row[0]) if row else 1
    if tries > limit:
        retry_after = start + seconds - int(now.timestamp())
        raise TooManyTries(_("请稍等几分钟再试。"), retry_after=max(retry_after, 1))
    return tries
