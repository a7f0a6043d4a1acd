"""What identity has sealed."""

from goodfor.identity.buyer_reads import saved_account_aad
from goodfor.identity.contacts import contact_aad
from goodfor.identity.operations.reseal_signing_secrets import reseal_signing_secrets
from goodfor.identity.operations.set_oauth_app import secret_aad as oauth_secret_aad
from goodfor.kernel.resealing import column, passing
from goodfor.kernel.sealed import SealedColumn

SEALED = [
    SealedColumn(
        table="identity_api_client",
        blob="signing_secret_blob",
        key="signing_secret_key_id",
        where="signing_secret_key_id IS NOT NULL",
        reseal=reseal_signing_secrets,
    ),
    column("identity_buyer_contact", "value_", ("shop_id", "id"), contact_aad),
    column("identity_oauth_app", "secret_", ("shop_id", "id"), oauth_secret_aad),
    column("identity_saved_account", "value_", ("shop_id", "id"), saved_account_aad),
    passing("identity_code", "value_", "a one-time code is over in minutes, and deleted"),
    passing("identity_ceremony", "payload_", "an answer is waited for ten minutes"),
]
