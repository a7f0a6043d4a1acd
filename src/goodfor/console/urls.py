"""Addresses of the console; config includes them at console/. Each page is framed by `@console_page`."""

from django.urls import include, path

from goodfor.console.desk.cases import CASES
from goodfor.console.desk.orders import ORDERS
from goodfor.console.desk.payments import PAYMENTS
from goodfor.console.listing.pages import listing_urls
from goodfor.console.site import site
from goodfor.console.views import account, buyers, door, ledger, order, overview, passkeys, payments, window, work

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
    path("orders/<str:number>/note", order.note, name="order-note"),
    path("orders/<str:number>/cancel", order.cancel, name="order-cancel"),
    *listing_urls("payments/", PAYMENTS),
    path("payments/<str:number>/", payments.payment, name="payment"),
    *listing_urls("cases/", CASES),
    path("cases/<uuid:case_id>/", payments.case, name="case"),
    path("buyers/", buyers.buyers, name="buyers"),
    path("ledger/", ledger.trial_balance, name="ledger"),
    path("ledger/account", ledger.statement, name="statement"),
    path("ledger/tx/<int:tx_id>/", ledger.transaction, name="ledger-tx"),
    path("window/", window.home, name="window"),
    path("window/add/<slug:kind>", window.add, name="window-add"),
    path("window/order", window.order, name="window-order"),
    path("window/publish", window.publish, name="window-publish"),
    path("window/restore", window.restore, name="window-restore"),
    path("window/preview", window.preview, name="window-preview"),
    path("window/<uuid:block_id>/", window.block, name="window-block"),
    path("window/<uuid:block_id>/move", window.move, name="window-move"),
    path("window/<uuid:block_id>/remove", window.remove, name="window-remove"),
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
