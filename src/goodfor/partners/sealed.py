"""What partners have sealed: the secrets that calls are signed with."""

from goodfor.kernel.resealing import column
from goodfor.partners.mapping import secret_aad

SEALED = [column("partners_account", "secret_", ("shop_id", "id"), secret_aad)]
