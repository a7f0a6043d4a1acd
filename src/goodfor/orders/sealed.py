"""What orders has sealed."""

from goodfor.kernel.resealing import column
from goodfor.kernel.sealed import SealedColumn
from goodfor.orders.claims import claim_aad, invoice_aad, note_aad
from goodfor.orders.forms import form_aad
from goodfor.orders.operations.reseal_contacts import reseal_contacts

SEALED = [
    SealedColumn(
        table="orders_order",
        blob="contact_blob",
        key="contact_key_id",
        where="contact_key_id IS NOT NULL",
        reseal=reseal_contacts,
    ),
    column("orders_claim", "text_", ("id",), claim_aad),
    column("orders_invoice", "", ("order_id",), invoice_aad, id_column="order_id"),
    column("orders_line", "form_", ("id",), form_aad),
    column("orders_note", "", ("id",), note_aad),
]
