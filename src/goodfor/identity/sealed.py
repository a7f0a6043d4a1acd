"""What identity has sealed."""

from goodfor.identity.operations.reseal_signing_secrets import reseal_signing_secrets
from goodfor.kernel.sealed import SealedColumn

SEALED = [
    SealedColumn(
        table="identity_api_client",
        blob="signing_secret_blob",
        key="signing_secret_key_id",
        where="signing_secret_key_id IS NOT NULL",
        reseal=reseal_signing_secrets,
    )
]
