"""A supplier's file on its way in: kept until somebody has looked at what is in it."""

from collections.abc import Iterable
from uuid import UUID

from goodfor.supply import statement_files


def hold_statement(*, shop_id: UUID, supplier_id: UUID, filename: str, parts: Iterable[bytes]) -> str:
    """Store these bytes for a day at most; the file's mark. Raises StatementRefused."""
    return statement_files.keep(shop_id=shop_id, supplier_id=supplier_id, filename=filename, parts=parts)


def forget_statements() -> int:
    """Delete what nobody confirmed; how many."""
    return statement_files.forget_files()
