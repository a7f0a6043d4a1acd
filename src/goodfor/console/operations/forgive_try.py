"""A guess was right."""

from goodfor.kernel.ids import hash_token
from goodfor.kernel.sql import Statement

_FORGIVE = Statement("goodfor.console", "sql/forgive_try.sql")


def forgive_try(*, scope: str, subject: str, everything: bool) -> None:
    """Forget all tries at an account, or just the right one of an address, which others may share."""
    _FORGIVE.run({"scope": scope, "subject_hash": hash_token(f"{scope}:{subject}"), "all": everything})
