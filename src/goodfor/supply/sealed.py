"""What supply has sealed."""

from goodfor.kernel.sealed import SealedColumn
from goodfor.supply.operations.reseal import reseal_forms, reseal_secrets

SEALED = [
    SealedColumn(
        table="supply_supplier",
        blob="secret_blob",
        key="secret_key_id",
        where="secret_key_id IS NOT NULL",
        reseal=reseal_secrets,
    ),
    SealedColumn(
        table="supply_want",
        blob="form_blob",
        key="form_key_id",
        where="form_key_id IS NOT NULL",
        reseal=reseal_forms,
    ),
]
