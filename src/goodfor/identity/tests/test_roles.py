"""The matrix of roles: written out, so that a change of rights is seen in a review."""

import pytest

from goodfor.identity.models import Staff
from goodfor.identity.roles import MATRIX, Permission, Role, may

EXPECTED = {
    #                           owner operator support finance viewer
    "catalog.view":             "x    x        x       x       x",
    "catalog.edit":             "x    x        -       -       -",
    "stock.view":               "x    x        x       x       x",
    "codes.import":             "x    x        -       -       -",
    "codes.reveal":             "x    -        -       -       -",
    "codes.quarantine":         "x    x        x       -       -",
    "codes.void":               "x    x        -       -       -",
    "orders.view":              "x    x        x       x       x",
    "orders.cancel":            "x    x        x       -       -",
    "orders.refund":            "x    x        x       x       -",
    "orders.refund_more":       "x    -        -       x       -",
    "orders.export":            "x    x        -       x       -",
    "claims.decide":            "x    x        x       -       -",
    "buyers.view":              "x    x        x       -       -",
    "payments.view":            "x    x        x       x       x",
    "payments.resolve":         "x    x        -       x       -",
    "payments.configure":       "x    -        -       -       -",
    "supply.view":              "x    x        -       x       -",
    "supply.manage":            "x    x        -       -       -",
    "supply.configure":         "x    -        -       -       -",
    "promises.set":             "x    x        -       -       -",
    "risk.view":                "x    x        x       x       -",
    "risk.review":              "x    x        x       -       -",
    "risk.set":                 "x    x        -       -       -",
    "promotions.view":          "x    x        x       x       x",
    "promotions.set":           "x    x        -       -       -",
    "cards.view":               "x    x        x       x       x",
    "cards.set":                "x    x        -       -       -",
    "mall.view":                "x    x        x       x       x",
    "mall.set":                 "x    x        -       -       -",
    "welfare.view":             "x    x        x       x       x",
    "welfare.set":              "x    x        -       -       -",
    "subscriptions.view":       "x    x        x       x       x",
    "subscriptions.set":        "x    x        -       -       -",
    "points.view":              "x    x        x       x       -",
    "points.set":               "x    x        -       -       -",
    "points.adjust":            "x    x        -       -       -",
    "invoices.view":            "x    x        x       x       -",
    "invoices.manage":          "x    -        -       x       -",
    "insights.view":            "x    x        x       x       x",
    "insights.margins":         "x    x        -       x       -",
    "insights.reports":         "x    x        -       x       -",
    "ledger.view":              "x    -        -       x       -",
    "ledger.adjust":            "x    -        -       x       -",
    "wallets.top_up":           "x    -        -       x       -",
    "api_clients.view":         "x    x        -       x       -",
    "api_clients.manage":       "x    -        -       -       -",
    "staff.view":               "x    -        -       -       -",
    "staff.manage":             "x    -        -       -       -",
    "shop.configure":           "x    -        -       -       -",
    "audit.view":               "x    -        -       x       -",
    "keys.rotate":              "x    -        -       -       -",
}  # fmt: skip
COLUMNS = ("owner", "operator", "support", "finance", "viewer")


@pytest.mark.parametrize("permission", sorted(EXPECTED))
def test_matrix(permission: str) -> None:
    marks = EXPECTED[permission].split()
    assert [may(role, permission) for role in COLUMNS] == [mark == "x" for mark in marks]


def test_matrix_is_complete() -> None:
    assert set(EXPECTED) == set(Permission)
    assert set(MATRIX) == set(Role) == set(COLUMNS)
    checks = {check.name: check for check in Staff._meta.constraints}
    assert set(dict(checks["identity_staff_role"].condition.children)["role__in"]) == set(Role)


@pytest.mark.parametrize(
    ("role", "permission"),
    [
        ("", "catalog.view"),
        ("root", "catalog.view"),
        ("owner", ""),
        ("owner", "all"),
        ("OWNER", "catalog.view"),
    ],
)
def test_unknown_is_refused(role: str, permission: str) -> None:
    assert not may(role, permission)
