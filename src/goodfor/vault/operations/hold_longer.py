"""Keep reserved codes reserved for longer."""

from datetime import datetime
from uuid import UUID

from goodfor.vault.models import Code
from goodfor.vault.states import CODE_NUMBERS, RESERVED


def hold_longer(*, shop_id: UUID, holder_id: UUID, until: datetime) -> int:
    """What the holder has reserved stays so until then, never shorter than before; how many codes."""
    mine = Code.objects.filter(shop_id=shop_id, holder_id=holder_id, state=CODE_NUMBERS[RESERVED])
    return mine.filter(reserved_until__lt=until).update(reserved_until=until)
