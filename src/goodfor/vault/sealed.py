"""What the vault has sealed."""

from goodfor.kernel.sealed import SealedColumn
from goodfor.vault.operations.rotate_keys import rotate_keys

SEALED = [SealedColumn(table="vault_code", blob="blob", key="key_id", reseal=rotate_keys)]
