"""What binds sealed words of a case to their rows. Pure."""

from uuid import UUID


def reply_aad(reply_id: UUID) -> bytes:
    """Of a message."""
    return b"aftersales.reply:" + reply_id.bytes


def figure_key_aad(key_id: UUID) -> bytes:
    """Of the key that signs the figures."""
    return b"aftersales.figure_key:" + key_id.bytes


def note_aad(decision_id: UUID) -> bytes:
    """Of what the staff added to a decision."""
    return b"aftersales.decision:" + decision_id.bytes
