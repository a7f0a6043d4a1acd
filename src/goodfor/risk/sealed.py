"""What risk control has sealed: whole addresses, which pages show to those who may see them."""

from goodfor.kernel.resealing import column
from goodfor.risk.keys import entity_aad
from goodfor.risk.list_sealed import LIST_SEALED

SEALED = [column("risk_entity", "value_", ("shop_id", "id"), entity_aad), *LIST_SEALED]
