"""What lists have sealed. A part of `sealed.SEALED`."""

from typing import Final

from goodfor.kernel.resealing import column
from goodfor.risk.sealing import entry_aad

LIST_SEALED: Final = [column("risk_list_entry", "value_", ("id",), entry_aad)]
