"""What the vault does, one use case a file."""

from goodfor.vault.importing.dry_run import dry_run
from goodfor.vault.operations.activate_batch import activate_batch
from goodfor.vault.operations.activate_held import activate_held
from goodfor.vault.operations.advance_intake import advance_intake
from goodfor.vault.operations.begin_intake import begin_intake
from goodfor.vault.operations.cancel_batch import cancel_batch
from goodfor.vault.operations.cancel_intake import cancel_intake
from goodfor.vault.operations.change_cost import change_cost
from goodfor.vault.operations.change_expiry import change_expiry
from goodfor.vault.operations.confirm_intake import confirm_intake
from goodfor.vault.operations.expire_lots import expire_lots
from goodfor.vault.operations.expire_reservations import expire_reservations
from goodfor.vault.operations.export_codes import export_codes
from goodfor.vault.operations.fold_stock import fold_stock
from goodfor.vault.operations.hand_over import hand_over
from goodfor.vault.operations.hold_longer import hold_longer
from goodfor.vault.operations.import_file import import_file
from goodfor.vault.operations.plant_codes import plant_codes
from goodfor.vault.operations.pull_codes import pull_codes
from goodfor.vault.operations.purge_batch import purge_batch
from goodfor.vault.operations.quarantine_codes import quarantine_codes
from goodfor.vault.operations.quarantine_lots import quarantine_lots
from goodfor.vault.operations.receive_codes import receive_codes
from goodfor.vault.operations.receive_file import discard_file, receive_file, receiving
from goodfor.vault.operations.recheck_intake import recheck_intake
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
from goodfor.vault.operations.tidy_intakes import tidy_intakes
from goodfor.vault.operations.void_batch import void_batch
from goodfor.vault.operations.void_codes import void_codes
from goodfor.vault.operations.watch_stock import watch_stock

__all__ = [
    "activate_batch",
    "activate_held",
    "advance_intake",
    "begin_intake",
    "cancel_batch",
    "cancel_intake",
    "change_cost",
    "change_expiry",
    "confirm_intake",
    "discard_file",
    "dry_run",
    "expire_lots",
    "expire_reservations",
    "export_codes",
    "fold_stock",
    "hand_over",
    "hold_longer",
    "import_file",
    "plant_codes",
    "pull_codes",
    "purge_batch",
    "quarantine_codes",
    "quarantine_lots",
    "receive_codes",
    "receive_file",
    "receiving",
    "recheck_intake",
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
    "tidy_intakes",
    "void_batch",
    "void_codes",
    "watch_stock",
]
