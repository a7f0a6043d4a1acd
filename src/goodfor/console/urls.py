"""Addresses of the console; config includes them at console/. Each page is framed by `@console_page`."""

from django.urls import include, path

from goodfor.console.desk.cases import CASES
from goodfor.console.desk.orders import ORDERS
from goodfor.console.desk.payments import PAYMENTS
from goodfor.console.desk.products import PRODUCTS
from goodfor.console.desk.skus import SKUS
from goodfor.console.listing.pages import listing_urls
from goodfor.console.site import site
from goodfor.console.views import (
    account,
    buyers,
    categories,
    door,
    ledger,
    order,
    overview,
    passkeys,
    payments,
    product,
    sku,
    work,
)

desk = [
    path("", overview.overview, name="overview"),
    path("shop", account.switch, name="shop"),
    path("signout", account.signout, name="signout"),
    path("prove", account.prove, name="prove"),
    path("prove/passkey", passkeys.prove, name="prove-passkey"),
    path("me/security", account.security, name="security"),
    path("me/security/password", account.password, name="password"),
    path("me/security/app", account.app, name="app"),
    path("me/security/codes", account.codes, name="codes"),
    path("me/security/passkey", passkeys.add, name="passkey"),
    path("me/security/remove", account.remove, name="remove"),
    path("me/sessions", account.sessions, name="sessions"),
    *listing_urls("orders/", ORDERS),
    path("orders/<str:number>/", order.order, name="order"),
    path("orders/<str:number>/refund", order.refund, name="order-refund"),
    path("orders/<str:number>/cancel", order.cancel, name="order-cancel"),
    *listing_urls("payments/", PAYMENTS),
    path("payments/<str:number>/", payments.payment, name="payment"),
    *listing_urls("cases/", CASES),
    path("cases/<uuid:case_id>/", payments.case, name="case"),
    *listing_urls("products/", PRODUCTS),
    path("products/new", product.product_new, name="product-new"),
    path("products/<uuid:product_id>/", product.product, name="product"),
    path("products/<uuid:product_id>/save", product.save, name="product-save"),
    path("products/<uuid:product_id>/switch", product.switch, name="product-switch"),
    path("products/<uuid:product_id>/skus", product.add_sku, name="product-sku"),
    path("products/<uuid:product_id>/upload", product.upload, name="product-upload"),
    path("products/<uuid:product_id>/pictures", product.arrange, name="product-pictures"),
    *listing_urls("skus/", SKUS),
    path("skus/<uuid:sku_id>/", sku.sku, name="sku"),
    path("skus/<uuid:sku_id>/save", sku.save, name="sku-save"),
    path("skus/<uuid:sku_id>/switch", sku.switch, name="sku-switch"),
    path("skus/<uuid:sku_id>/low", sku.low, name="sku-low"),
    path("skus/<uuid:sku_id>/codes", sku.codes, name="sku-codes"),
    path("categories/", categories.categories, name="categories"),
    path("categories/add", categories.add, name="category-add"),
    path("categories/<uuid:category_id>/", categories.change, name="category"),
    path("buyers/", buyers.buyers, name="buyers"),
    path("ledger/", ledger.trial_balance, name="ledger"),
    path("ledger/account", ledger.statement, name="statement"),
    path("ledger/tx/<int:tx_id>/", ledger.transaction, name="ledger-tx"),
    path("exports/", work.exports, name="exports"),
    path("exports/<uuid:export_id>/file", work.export_file, name="export-file"),
    path("batches/", work.batches, name="batches"),
    path("batches/<uuid:batch_id>/", work.batch, name="batch"),
]

urlpatterns = [
    path("signin", door.signin, name="console-signin"),
    path("signin/second", door.second, name="console-second"),
    path("signin/passkey", passkeys.signin, name="console-passkey"),
    path("language", door.language, name="console-language"),
    path("data/", site.urls),
    path("", include((desk, "desk"))),
]
