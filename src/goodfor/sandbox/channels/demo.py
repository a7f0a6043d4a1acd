"""Who may call the channels. Fixed, invented, worthless anywhere else; RSA keys are derived, never stored."""

from goodfor.sandbox.keys import derive_private_key, private_pem, public_pem

MERCHANT_KEY_NAME = "finance-merchant"
PLATFORM_KEY_NAME = "finance-platform"
OTHER_KEY_NAME = "sandbox-merchant-1002"

WECHAT_MCHID = "1900000001"
WECHAT_OTHER_MCHID = "1900000002"
WECHAT_APP_ID = "wx0000000000000001"
#: Of the official account, and the openid by which it knows the one buyer that there is.
WECHAT_APP_SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105
WECHAT_OPENID = "oSANDBOX0000000000000000001"
#: The template of contracts by which buyers are charged.
WECHAT_PLAN_ID = "12535"
WECHAT_API_V3_KEY = "0123456789abcdef0123456789abcdef"
#: Serial of the merchant's API certificate, and of its fellow's.
WECHAT_MERCHANT_SERIAL = "1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C"
WECHAT_OTHER_SERIAL = "2DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C"
#: The platform's key by its two names: as a certificate, and as a public key with an id.
WECHAT_PLATFORM_SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
WECHAT_PUBLIC_KEY_ID = "PUB_KEY_ID_0119000000012026010100000001"

ALIPAY_APP_ID = "2021000000000001"
ALIPAY_OTHER_APP_ID = "2021000000000002"
ALIPAY_SELLER_ID = "2088000000000001"
ALIPAY_BUYER_ID = "2088000000000002"
ALIPAY_SCENE = "INDUSTRY|DIGITAL_MEDIA"

STRIPE_SECRET_KEY = "sk_test_sandbox_0001"  # noqa: S105
STRIPE_PUBLISHABLE_KEY = "pk_test_sandbox_0001"
STRIPE_WEBHOOK_SECRET = "whsec_test_secret_0001"  # noqa: S105
STRIPE_ACCOUNT = "acct_sandbox_0001"

PAYPAL_CLIENT_ID = "paypal-sandbox-client-0001"
PAYPAL_CLIENT_SECRET = "paypal-sandbox-secret-0001"  # noqa: S105
PAYPAL_WEBHOOK_ID = "WHID0001"
PAYPAL_MERCHANT_ID = "SANDBOXMERCH1"

#: The merchant that rows are made for.
MERCHANT_OF = {
    "wechat": WECHAT_MCHID,
    "alipay": ALIPAY_APP_ID,
    "stripe": STRIPE_ACCOUNT,
    "paypal": PAYPAL_CLIENT_ID,
}


def merchant_private_pem() -> str:
    """The key that the merchant signs with at WeChat and Alipay, PKCS#8 PEM."""
    return private_pem(derive_private_key(MERCHANT_KEY_NAME))


def platform_public_pem() -> str:
    """The key that both platforms sign with, PEM."""
    return public_pem(derive_private_key(PLATFORM_KEY_NAME).public_key())
