"""What this room has sealed."""

from goodfor.aftersales.pictures import picture_aad
from goodfor.kernel.resealing import column

SEALED = [column("aftersales_picture", "", ("id",), picture_aad)]
