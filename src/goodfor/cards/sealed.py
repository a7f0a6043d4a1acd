"""What cards have sealed: their codes."""

from goodfor.cards.codes import card_aad
from goodfor.kernel.resealing import column

SEALED = [column("cards_card", "code_", ("id",), card_aad)]
