"""What finance has sealed."""

from goodfor.finance.mapping import bank_aad
from goodfor.kernel.resealing import column

SEALED = [column("finance_party", "bank_", ("shop_id", "id"), bank_aad)]
