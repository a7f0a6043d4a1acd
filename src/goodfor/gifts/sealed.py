"""What gifts have sealed: the giver's words, and links that nobody has opened."""

from goodfor.gifts.mapping import message_aad, secret_aad
from goodfor.kernel.resealing import column

SEALED = [
    column("gifts_gift", "message_", ("id",), message_aad),
    column("gifts_gift", "secret_", ("id",), secret_aad),
]
