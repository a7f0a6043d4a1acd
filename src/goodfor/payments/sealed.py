"""What payments has sealed."""

from goodfor.kernel.sealed import SealedColumn
from goodfor.payments.operations.reseal_account_secrets import reseal_account_secrets, reseal_receiver_names

SEALED = [
    SealedColumn(
        table="payments_account",
        blob="secret_blob",
        key="secret_key_id",
        where="secret_key_id IS NOT NULL",
        reseal=reseal_account_secrets,
    ),
    SealedColumn(
        table="payments_receiver",
        blob="secret_blob",
        key="secret_key_id",
        where="secret_key_id IS NOT NULL",
        reseal=reseal_receiver_names,
    ),
]
