"""An issuing gateway: JSON over HTTPS, every call and every answer signed with a secret that both know.

Vendors of electronic invoices (数电票) differ in fields, not in manner; a gateway of one's own, or the stand-in of the
sandbox, speaks this. See docs/sandbox.md.
"""

from goodfor.invoices.providers.gateway.client import Gateway

__all__ = ["Gateway"]
