"""Roles of staff and what each may do: a pure table, deny by default."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """The five roles."""

    OWNER = "owner"
    OPERATOR = "operator"
    SUPPORT = "support"
    FINANCE = "finance"
    VIEWER = "viewer"


class Permission(StrEnum):
    """What can be allowed. `codes.reveal` is a buyer's plaintext, the gravest of all readings.

    `supply.view` shows what goods cost; `supply.manage` is offers, routes and purchases, `supply.configure` secrets.
    `promises.set` is what buyers are promised, and how claims are decided.
    `orders.refund_more` is to go on where a person's refunds of a day are at their limit.
    `risk.review` is to decide what was held; `risk.set` is rules and lists, where most needs two who may.
    `promotions.set` is campaigns, coupons and bundles, where what counts needs two who may.
    `cards.set` is cards of one's own brand: batches, making them good, extending and revoking.
    `welfare.set` is companies that give their people something, and who looks after them; what they prepay is
    entered by whoever may `wallets.top_up`.
    `subscriptions.set` is plans, what they cost and give; who has one is ended and paused by it, too.
    `points.set` is what points are worth and which tiers there are; `points.adjust` gives and takes a member's.
    `mall.set` is what points buy in the mall: rewards, and draws with their prizes.
    `insights.margins` is what goods cost and what is left; `insights.reports` is to send figures to others.
    """

    CATALOG_VIEW = "catalog.view"
    CATALOG_EDIT = "catalog.edit"
    STOCK_VIEW = "stock.view"
    CODES_IMPORT = "codes.import"
    CODES_REVEAL = "codes.reveal"
    CODES_QUARANTINE = "codes.quarantine"
    CODES_VOID = "codes.void"
    ORDERS_VIEW = "orders.view"
    ORDERS_CANCEL = "orders.cancel"
    ORDERS_REFUND = "orders.refund"
    ORDERS_REFUND_MORE = "orders.refund_more"
    ORDERS_EXPORT = "orders.export"
    CLAIMS_DECIDE = "claims.decide"
    BUYERS_VIEW = "buyers.view"
    PAYMENTS_VIEW = "payments.view"
    PAYMENTS_RESOLVE = "payments.resolve"
    PAYMENTS_CONFIGURE = "payments.configure"
    SUPPLY_VIEW = "supply.view"
    SUPPLY_MANAGE = "supply.manage"
    SUPPLY_CONFIGURE = "supply.configure"
    PROMISES_SET = "promises.set"
    RISK_VIEW = "risk.view"
    RISK_REVIEW = "risk.review"
    RISK_SET = "risk.set"
    PROMOTIONS_VIEW = "promotions.view"
    PROMOTIONS_SET = "promotions.set"
    CARDS_VIEW = "cards.view"
    CARDS_SET = "cards.set"
    MALL_VIEW = "mall.view"
    MALL_SET = "mall.set"
    WELFARE_VIEW = "welfare.view"
    WELFARE_SET = "welfare.set"
    SUBSCRIPTIONS_VIEW = "subscriptions.view"
    SUBSCRIPTIONS_SET = "subscriptions.set"
    POINTS_VIEW = "points.view"
    POINTS_SET = "points.set"
    POINTS_ADJUST = "points.adjust"
    INVOICES_VIEW = "invoices.view"
    INVOICES_MANAGE = "invoices.manage"
    INSIGHTS_VIEW = "insights.view"
    INSIGHTS_MARGINS = "insights.margins"
    INSIGHTS_REPORTS = "insights.reports"
    LEDGER_VIEW = "ledger.view"
    LEDGER_ADJUST = "ledger.adjust"
    WALLETS_TOP_UP = "wallets.top_up"
    API_CLIENTS_VIEW = "api_clients.view"
    API_CLIENTS_MANAGE = "api_clients.manage"
    STAFF_VIEW = "staff.view"
    STAFF_MANAGE = "staff.manage"
    SHOP_CONFIGURE = "shop.configure"
    AUDIT_VIEW = "audit.view"
    KEYS_ROTATE = "keys.rotate"


_P = Permission
_VIEWER = frozenset(
    {
        _P.CATALOG_VIEW,
        _P.STOCK_VIEW,
        _P.ORDERS_VIEW,
        _P.PAYMENTS_VIEW,
        _P.PROMOTIONS_VIEW,
        _P.CARDS_VIEW,
        _P.MALL_VIEW,
        _P.WELFARE_VIEW,
        _P.SUBSCRIPTIONS_VIEW,
        _P.INSIGHTS_VIEW,
    }
)
_SUPPORT = _VIEWER | {
    _P.BUYERS_VIEW,
    _P.ORDERS_CANCEL,
    _P.ORDERS_REFUND,
    _P.CLAIMS_DECIDE,
    _P.CODES_QUARANTINE,
    _P.RISK_VIEW,
    _P.RISK_REVIEW,
    _P.POINTS_VIEW,
    _P.INVOICES_VIEW,
}
_OPERATOR = _SUPPORT | {
    _P.CATALOG_EDIT,
    _P.CODES_IMPORT,
    _P.CODES_VOID,
    _P.ORDERS_EXPORT,
    _P.PAYMENTS_RESOLVE,
    _P.SUPPLY_VIEW,
    _P.SUPPLY_MANAGE,
    _P.PROMISES_SET,
    _P.RISK_SET,
    _P.PROMOTIONS_SET,
    _P.CARDS_SET,
    _P.MALL_SET,
    _P.WELFARE_SET,
    _P.SUBSCRIPTIONS_SET,
    _P.POINTS_SET,
    _P.POINTS_ADJUST,
    _P.INSIGHTS_MARGINS,
    _P.INSIGHTS_REPORTS,
    _P.API_CLIENTS_VIEW,
}
_FINANCE = _VIEWER | {
    _P.ORDERS_REFUND,
    _P.ORDERS_REFUND_MORE,
    _P.ORDERS_EXPORT,
    _P.PAYMENTS_RESOLVE,
    _P.SUPPLY_VIEW,
    _P.RISK_VIEW,
    _P.POINTS_VIEW,
    _P.INVOICES_VIEW,
    _P.INVOICES_MANAGE,
    _P.INSIGHTS_MARGINS,
    _P.INSIGHTS_REPORTS,
    _P.LEDGER_VIEW,
    _P.LEDGER_ADJUST,
    _P.WALLETS_TOP_UP,
    _P.API_CLIENTS_VIEW,
    _P.AUDIT_VIEW,
}

#: Role -> what it may do. A role or permission that is not here is refused.
MATRIX: Mapping[str, frozenset[str]] = {
    Role.OWNER: frozenset(Permission),
    Role.OPERATOR: frozenset(_OPERATOR),
    Role.SUPPORT: frozenset(_SUPPORT),
    Role.FINANCE: frozenset(_FINANCE),
    Role.VIEWER: _VIEWER,
}


def may(role: str, permission: str) -> bool:
    """True when `role` grants `permission`; unknown names are refused."""
    return permission in MATRIX.get(role, frozenset())
