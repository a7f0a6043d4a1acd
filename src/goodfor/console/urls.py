"""Addresses of the console; config includes them at console/. Each page is framed by `@console_page`."""

from django.urls import include, path

from goodfor.console.aftersale_money_urls import aftersale_money_urls
from goodfor.console.book_urls import book_urls
from goodfor.console.bundle_urls import bundle_urls
from goodfor.console.card_urls import card_urls
from goodfor.console.claim_urls import claim_urls
from goodfor.console.code_urls import code_urls
from goodfor.console.desk.audit import AUDIT
from goodfor.console.desk.cases import CASES
from goodfor.console.desk.messages import MESSAGES
from goodfor.console.desk.orders import ORDERS
from goodfor.console.desk.payments import PAYMENTS
from goodfor.console.desk.products import PRODUCTS
from goodfor.console.desk.skus import SKUS
from goodfor.console.export_urls import export_urls
from goodfor.console.finance_urls import finance_urls
from goodfor.console.insight_urls import insight_urls
from goodfor.console.invoice_urls import invoice_urls
from goodfor.console.listing.pages import listing_urls
from goodfor.console.mall_urls import mall_urls
from goodfor.console.paper_urls import paper_urls
from goodfor.console.partner_urls import partner_urls
from goodfor.console.points_urls import points_urls
from goodfor.console.promo_urls import promo_urls
from goodfor.console.recon_urls import recon_urls
from goodfor.console.referral_urls import referral_urls
from goodfor.console.risk_model_urls import risk_model_urls
from goodfor.console.risk_rule_urls import risk_rule_urls
from goodfor.console.risk_urls import risk_urls
from goodfor.console.settlement_urls import settlement_urls
from goodfor.console.site import site
from goodfor.console.subscription_urls import subscription_urls
from goodfor.console.supply_account_urls import supply_account_urls
from goodfor.console.supply_urls import supply_urls
from goodfor.console.supply_watch_urls import supply_watch_urls
from goodfor.console.views import (
    account,
    audit,
    bill_file,
    bills,
    buyers,
    categories,
    demo,
    door,
    jobs,
    message,
    message_channels,
    message_matrix,
    message_staff,
    message_templates,
    order,
    overview,
    passkeys,
    payments,
    product,
    promises,
    shops,
    sku,
    split_receivers,
    splits,
    start,
    start_codes,
    start_order,
    window,
    work,
)
from goodfor.console.views.settings import channels, clients, floor, keys, shop, signin, staff
from goodfor.console.welfare_urls import welfare_urls

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
    path("orders/<str:number>/release", order.release, name="order-release"),
    path("orders/<str:number>/refuse", order.refuse, name="order-refuse"),
    path("orders/<str:number>/note", order.note, name="order-note"),
    path("orders/<str:number>/cancel", order.cancel, name="order-cancel"),
    *claim_urls,
    *risk_urls,
    *risk_rule_urls,
    *risk_model_urls,
    *bundle_urls,
    *promo_urls,
    *export_urls,
    *insight_urls,
    path("promises/", promises.promises, name="promises"),
    path("promises/one", promises.promise, name="promise"),
    path("promises/edit", promises.edit, name="promise-edit"),
    path("promises/remove", promises.remove, name="promise-remove"),
    *code_urls,
    *supply_urls,
    *supply_watch_urls,
    *paper_urls,
    *listing_urls("payments/", PAYMENTS),
    path("payments/<str:number>/", payments.payment, name="payment"),
    *listing_urls("cases/", CASES),
    path("bills/", bills.bills, name="bills"),
    path("bills/<uuid:bill_id>/file", bill_file.bill_file, name="bill-file"),
    path("splits/", splits.splits, name="splits"),
    path("splits/pots/<uuid:payment_id>/", splits.pot, name="split-pot"),
    path("splits/accounts/<uuid:account_id>/receivers/new", split_receivers.new_receiver, name="split-receiver-new"),
    path("splits/receivers/<uuid:receiver_id>/", split_receivers.receiver, name="split-receiver"),
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
    *supply_account_urls,
    *aftersale_money_urls,
    *referral_urls,
    *partner_urls,
    *card_urls,
    *welfare_urls,
    *subscription_urls,
    *finance_urls,
    *settlement_urls,
    path("buyers/", buyers.buyers, name="buyers"),
    *points_urls,
    *mall_urls,
    *invoice_urls,
    *book_urls,
    *recon_urls,
    path("settings/shop", shop.shop, name="settings-shop"),
    path("settings/floor", floor.save, name="settings-floor"),
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
    *listing_urls("messages/", MESSAGES),
    path("messages/templates/", message_templates.templates, name="message-templates"),
    path("messages/templates/edit", message_templates.edit, name="message-template"),
    path("messages/templates/preview", message_templates.preview, name="message-preview"),
    path("messages/templates/test", message_templates.test, name="message-template-test"),
    path("messages/switches/", message_matrix.matrix, name="message-matrix"),
    path("messages/channels/", message_channels.channels, name="message-channels"),
    path("messages/channels/edit", message_channels.edit, name="message-channel"),
    path("messages/channels/switch", message_channels.switch, name="message-channel-switch"),
    path("messages/channels/test", message_channels.test, name="message-channel-test"),
    path("messages/channels/keep", message_channels.keep, name="message-keep"),
    path("messages/staff/", message_staff.people, name="message-staff"),
    path("messages/staff/<uuid:staff_id>/", message_staff.person, name="message-staff-one"),
    path("messages/log/<uuid:message_id>/", message.message, name="message"),
    path("messages/log/<uuid:message_id>/resend", message.resend, name="message-resend"),
    path("orders/<str:number>/tell", message.tell, name="order-tell"),
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
