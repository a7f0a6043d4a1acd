"""What binds sealed values to their rows. Pure."""

from uuid import UUID


def entry_aad(entry_id: UUID) -> bytes:
    """Of the value of an entry of a list."""
    return b"risk.list_entry:" + entry_id.bytes
