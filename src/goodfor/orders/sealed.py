"""What orders has sealed."""

from goodfor.kernel.sealed import SealedColumn
from goodfor.orders.operations.reseal_contacts import reseal_contacts

SEALED = [
    SealedColumn(
        table="orders_order",
        blob="contact_blob",
        key="contact_key_id",
        where="contact_key_id IS NOT NULL",
        reseal=reseal_contacts,
    )
]
