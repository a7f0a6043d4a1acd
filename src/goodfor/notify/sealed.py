"""What notify has sealed."""

from uuid import UUID

from goodfor.kernel.resealing import column
from goodfor.notify.mapping import account_aad, message_aad, push_aad, staff_address_aad
from goodfor.notify.operations.keep_token import token_aad


def _recipient(shop_id: UUID, message_id: UUID) -> bytes:
    return message_aad(shop_id, message_id, "recipient")


def _content(shop_id: UUID, message_id: UUID) -> bytes:
    return message_aad(shop_id, message_id, "content")


ROW = ("shop_id", "id")
SEALED = [
    column("notify_account", "secret_", ROW, account_aad),
    column("notify_token", "token_", ("shop_id", "account_id"), token_aad, id_column="account_id"),
    column("notify_push_subscription", "", ROW, push_aad),
    column("notify_staff_address", "", ROW, staff_address_aad),
    column("notify_message", "recipient_", ROW, _recipient),
    column("notify_message", "content_", ROW, _content),
]
