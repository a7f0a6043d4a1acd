"""Finding codes that the shop ever held."""

from uuid import UUID

from django.db import connection, transaction

from goodfor.kernel.sql import Statement
from goodfor.vault.importing.sealing import FINGERPRINT_BYTES

_KNOWN = Statement("goodfor.vault", "sql/known.sql")


@transaction.atomic(savepoint=False)
def known_duplicates(shop_id: UUID, fingerprints: bytes) -> dict[bytes, tuple[UUID, UUID]]:
    """Which of the fingerprints (16 bytes each, in a row) the shop ever held: (code id, batch id) of each."""
    step = FINGERPRINT_BYTES
    marks = [fingerprints[at : at + step] for at in range(0, len(fingerprints), step)]
    if not marks:
        return {}
    with connection.cursor() as cursor:
        # Planning for 20,000 constants costs more than looking them up.
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    rows = _KNOWN.rows({"shop_id": shop_id, "fingerprints": marks})
    return {bytes(row[0]): (row[1], row[2]) for row in rows}
