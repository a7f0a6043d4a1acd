"""Take in the bytes of a file before it is known whose they are."""

from collections.abc import Iterable

from goodfor.vault.importing import source
from goodfor.vault.importing.intake_files import Receiving, received_path
from goodfor.vault.types import ReceivedFile


def receiving() -> Receiving:
    """A file to write to as it arrives; its `write` raises FileRefused beyond the size that the vault reads."""
    return Receiving(source.MAX_BYTES)


def receive_file(*, parts: Iterable[bytes]) -> ReceivedFile:
    """Store these bytes. Raises FileRefused (file_too_large)."""
    file = receiving()
    for part in parts:
        file.write(part)
    return file.close()


def discard_file(*, received: ReceivedFile) -> None:
    """Delete a file that nobody wants."""
    received_path(received.name).unlink(missing_ok=True)
