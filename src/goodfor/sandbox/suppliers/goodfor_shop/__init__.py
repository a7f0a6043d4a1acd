"""Another Goodfor from its side: its REST API, of which it shares no code, with every request signed.

The signature is looked at by RFC 9421 and RFC 9530 as the API describes them: HMAC-SHA256 over method, address, digest
of the body and idempotency key, not older than five minutes. A shop enters its address without a path, so a site is to
be called at a port of its own (`own_port`). What it sells are codes; everything else is listed and not sold.
"""

from goodfor.sandbox.suppliers.goodfor_shop.shop import VENDOR

__all__ = ["VENDOR"]
