"""Addresses of the API; config includes them at api/v1/."""

from goodfor.openapi.api import build, guarded_urls
from goodfor.openapi.routers import balance, claims, codes, orders, payments, products, refunds, welfare

api = build(
    [
        ("products", products.router),
        ("orders", orders.router),
        ("orders", payments.router),
        ("codes", codes.router),
        ("claims", claims.router),
        ("balance", balance.router),
        ("refunds", refunds.router),
        ("welfare", welfare.router),
    ]
)
urlpatterns = guarded_urls(api)
