"""From an operation's arguments to what the workers need."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.crypto import keyring
from goodfor.kernel.money import EXPONENTS
from goodfor.vault.importing.sealing import SealContext
from goodfor.vault.importing.source import Told
from goodfor.vault.parsing.layout import Layout
from goodfor.vault.parsing.lines import Rules
from goodfor.vault.types import ImportOptions

#: Purpose of the blind index key.
FINGERPRINT = "vault.code"


def seal_context(
    shop_id: UUID,
    sku_id: UUID,
    batch_id: UUID,
    layout: Layout,
    options: ImportOptions,
    now: datetime,
    *,
    dry: bool = False,
) -> SealContext:
    """Keys and rules for one run; without the sealing key when `dry`. Raises DecryptFailed."""
    ring = keyring()
    key_id = ring.active_key_id
    return SealContext(
        shop=shop_id.bytes,
        sku=sku_id.bytes,
        batch=batch_id.bytes,
        layout=layout,
        rules=Rules(now, EXPONENTS.get(options.currency, 2)),
        expires_at=options.expires_at,
        unit_cost_minor=options.unit_cost_minor,
        key_id=key_id,
        cipher_key=None if dry else ring.raw_key(key_id),
        index_key=ring.raw_index_key(FINGERPRINT),
    )


def told(options: ImportOptions) -> Told:
    """What the person said about the file."""
    return Told(options.separator, options.columns, options.skip_lines, options.encoding)
