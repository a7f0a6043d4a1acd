"""What invoices have sealed."""

from goodfor.invoices.mapping import secret_aad, title_aad
from goodfor.kernel.resealing import column

SEALED = [
    column("invoices_invoice", "title_", ("shop_id", "id"), title_aad),
    column("invoices_issuer", "secret_", ("shop_id",), secret_aad, id_column="shop_id"),
]
