"""The merchants that every new gateway knows, so that a demo and a test need no set-up."""

from dataclasses import dataclass, field

from goodfor.sandbox.keys import derive_private_key, private_pem, public_pem

DEMO_PID = "1001"
DEMO_MD5_KEY = "epay-test-key-0001"
OTHER_PID = "1002"
OTHER_MD5_KEY = "epay-test-key-0002"
PLATFORM_KEY_NAME = "finance-platform"
MERCHANT_KEY_NAMES = {DEMO_PID: "finance-merchant", OTHER_PID: "sandbox-merchant-1002"}
_MD5_KEYS = {DEMO_PID: DEMO_MD5_KEY, OTHER_PID: OTHER_MD5_KEY}


@dataclass(frozen=True)
class DemoMerchant:
    """What an integrator would copy from the gateway's console."""

    pid: str
    md5_key: str = field(repr=False)
    merchant_private_pem: str = field(repr=False)
    platform_public_pem: str


def demo_merchant(pid: str = DEMO_PID) -> DemoMerchant:
    """Credentials of merchant 1001 or 1002 for both protocol versions. Raises KeyError for another pid."""
    return DemoMerchant(
        pid=pid,
        md5_key=_MD5_KEYS[pid],
        merchant_private_pem=private_pem(derive_private_key(MERCHANT_KEY_NAMES[pid])),
        platform_public_pem=public_pem(derive_private_key(PLATFORM_KEY_NAME).public_key()),
    )
