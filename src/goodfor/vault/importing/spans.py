"""Where the codes of a batch lie: their ids begin with the moment of the batch, so they are neighbours in the key."""

from uuid import UUID

_LOW = (1 << 80) - 1


def id_span(batch_id: UUID) -> tuple[UUID, UUID]:
    """The first and the last id that a code of this batch could have; codes of other batches may lie between."""
    base = int.from_bytes(batch_id.bytes[:6], "big") << 80
    return UUID(int=base), UUID(int=base | _LOW)
