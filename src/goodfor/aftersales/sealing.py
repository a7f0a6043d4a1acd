"""What binds sealed words of a case to their rows. Pure."""

from uuid import UUID


def reply_aad(reply_id: UUID) -> bytes:
    """Of a message."""
    return b"aftersales.reply:" + reply_id.bytes


def note_aad(decision_id: UUID) -> bytes:
    """Of what the staff added to a decision."""
    return b"aftersales.decision:" + decision_id.bytes
