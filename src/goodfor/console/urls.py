"""Addresses of the console; config includes them at console/. Each page is framed by `@console_page`."""

from django.urls import include, path

from goodfor.console.code_urls import code_urls
from goodfor.console.desk.audit import AUDIT
from goodfor.console.desk.cases import CASES
from goodfor.console.desk.orders import ORDERS
from goodfor.console.desk.payments import PAYMENTS
from goodfor.console.listing.pages import listing_urls
from goodfor.console.site import site
from goodfor.console.views import (
    account,
    audit,
    buyers,
    demo,
    door,
    jobs,
    ledger,
    order,
    overview,
    passkeys,
    payments,
    shops,
    start,
    start_codes,
    start_order,
    work,
)
from goodfor.console.views.settings import channels, clients, keys, shop, signin, staff

desk = [
    path("", overview.overview, name="overview"),
    path("shop", account.switch, name="shop"),
    path("shop/new", shops.new_shop, name="shop-new"),
    path("start", start.start, name="start"),
    path("start/name", start.name, name="start-name"),
    path("start/product", start.product, name="start-product"),
    path("start/codes", start_codes.codes, name="start-codes"),
    path("start/channel", start.channel, name="start-channel"),
    path("start/order", start_order.order, name="start-order"),
    path("start/dismiss", start.dismiss, name="start-dismiss"),
    path("demo", demo.demo, name="demo"),
    path("demo/fill", demo.fill, name="demo-fill"),
    path("demo/empty", demo.empty, name="demo-empty"),
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
    *code_urls,
    *listing_urls("payments/", PAYMENTS),
    path("payments/<str:number>/", payments.payment, name="payment"),
    *listing_urls("cases/", CASES),
    path("cases/<uuid:case_id>/", payments.case, name="case"),
    path("buyers/", buyers.buyers, name="buyers"),
    path("ledger/", ledger.trial_balance, name="ledger"),
    path("ledger/account", ledger.statement, name="statement"),
    path("ledger/tx/<int:tx_id>/", ledger.transaction, name="ledger-tx"),
    path("settings/shop", shop.shop, name="settings-shop"),
    path("settings/channels/", channels.channels, name="channels"),
    path("settings/channels/new", channels.new_channel, name="channel-new"),
    path("settings/channels/<uuid:account_id>/", channels.channel, name="channel"),
    path("settings/channels/<uuid:account_id>/edit", channels.edit_channel, name="channel-edit"),
    path("settings/staff/", staff.staff, name="staff"),
    path("settings/staff/<uuid:staff_id>/", staff.member, name="member"),
    path("settings/clients/", clients.clients, name="clients"),
    path("settings/clients/new", clients.new_client, name="client-new"),
    path("settings/clients/<uuid:client_id>/", clients.client, name="client"),
    path("settings/signin/", signin.apps, name="signin-apps"),
    path("settings/signin/app", signin.app, name="signin-app"),
    path("settings/keys", keys.keys, name="keys"),
    path("audit/check", audit.audit_check, name="audit-check"),
    *listing_urls("audit/", AUDIT),
    path("jobs/", jobs.jobs, name="jobs"),
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
