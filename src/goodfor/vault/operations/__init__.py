"""What the vault does, one use case a file."""

from goodfor.vault.importing.dry_run import dry_run
from goodfor.vault.operations.activate_batch import activate_batch
from goodfor.vault.operations.cancel_batch import cancel_batch
from goodfor.vault.operations.expire_lots import expire_lots
from goodfor.vault.operations.expire_reservations import expire_reservations
from goodfor.vault.operations.fold_stock import fold_stock
from goodfor.vault.operations.import_file import import_file
from goodfor.vault.operations.purge_batch import purge_batch
from goodfor.vault.operations.quarantine_codes import quarantine_codes
from goodfor.vault.operations.quarantine_lots import quarantine_lots
from goodfor.vault.operations.release import release
from goodfor.vault.operations.reserve import reserve
from goodfor.vault.operations.restore_codes import restore_codes
from goodfor.vault.operations.restore_lots import restore_lots
from goodfor.vault.operations.reveal import reveal
from goodfor.vault.operations.rotate_keys import rotate_keys
from goodfor.vault.operations.sell_reserved import sell_reserved
from goodfor.vault.operations.set_low_stock import set_low_stock
from goodfor.vault.operations.take import take
from goodfor.vault.operations.take_back import take_back
from goodfor.vault.operations.void_codes import void_codes
from goodfor.vault.operations.watch_stock import watch_stock

__all__ = [
    "activate_batch",
    "cancel_batch",
    "dry_run",
    "expire_lots",
    "expire_reservations",
    "fold_stock",
    "import_file",
    "purge_batch",
    "quarantine_codes",
    "quarantine_lots",
    "release",
    "reserve",
    "restore_codes",
    "restore_lots",
    "reveal",
    "rotate_keys",
    "sell_reserved",
    "set_low_stock",
    "take",
    "take_back",
    "void_codes",
    "watch_stock",
]
