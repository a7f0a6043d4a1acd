"""The words of finance: kinds of parties, how a sale counts, how far the figures of an order are. Pure."""

from typing import Final

SUPPLIER: Final = "supplier"
SHOP: Final = "shop"
BRAND: Final = "brand"
DISTRIBUTOR: Final = "distributor"
PLATFORM: Final = "platform"
PARTY_KINDS: Final = (SUPPLIER, SHOP, BRAND, DISTRIBUTOR, PLATFORM)

CYCLES: Final = ("prepaid", "t1", "weekly", "monthly", "manual")

#: Who collects from buyers: the platform in its own name, the shop by its own account at the channel, or a licensed
#: product of the channel that splits. Only the last may pay shares at the channel.
SELF: Final = "self"
SHOP_ACCOUNT: Final = "shop_account"
LICENSED_SPLIT: Final = "licensed_split"
COLLECTIONS: Final = (SELF, SHOP_ACCOUNT, LICENSED_SPLIT)

#: Principal: the price is the turnover. Agent: only what is left of it after the goods is.
PRINCIPAL: Final = "principal"
AGENT: Final = "agent"
MODELS: Final = (PRINCIPAL, AGENT)

FEE_BEARERS: Final = ("platform", SUPPLIER)

SCOPES: Final = ("all", "sku", "category", SUPPLIER)
BASES: Final = ("gross", "net_of_discount", "margin")
TERMS: Final = ("percent", "fixed", "tiers", "none")
MEASURES: Final = ("units", "base")

#: How far the figures of an order are: paid; delivered; its channel has said what it took; nothing more is expected.
ESTIMATED: Final = "estimated"
DELIVERED: Final = "delivered"
BILLED: Final = "billed"
FINAL: Final = "final"
STAGES: Final = (ESTIMATED, DELIVERED, BILLED, FINAL)

#: What finance does about an order, once each.
STEP_DELIVER: Final = "deliver"
STEP_REFUND: Final = "refund"
STEP_TAKE_BACK: Final = "take_back"
STEPS: Final = (STEP_DELIVER, STEP_REFUND, STEP_TAKE_BACK)

#: What is done besides following orders, and may fail by itself.
BILL: Final = "bill"
AGREEMENT: Final = "agreement"
ERRANDS: Final = (BILL, AGREEMENT)

#: Ten thousandths.
WHOLE: Final = 10_000
