"""What aftersales has sealed."""

from goodfor.aftersales.pictures import picture_aad
from goodfor.aftersales.sealing import figure_key_aad, note_aad, reply_aad
from goodfor.kernel.resealing import column

SEALED = [
    column("aftersales_figure_key", "", ("id",), figure_key_aad),
    column("aftersales_decision", "note_", ("id",), note_aad),
    column("aftersales_picture", "", ("id",), picture_aad),
    column("aftersales_reply", "", ("id",), reply_aad),
]
