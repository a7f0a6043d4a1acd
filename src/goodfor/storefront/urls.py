"""Addresses of the storefront; config includes them at the root."""

from django.urls import path, register_converter

from goodfor.storefront.views import (
    account_data,
    account_elsewhere,
    account_passkey,
    account_profile,
    account_proof,
    account_security,
    account_signin,
    browse,
    checkout,
    claim_progress,
    claims,
    going_on,
    inviting,
    invoices,
    orders,
    partner,
    payer,
    payment,
    site,
    small,
    trust,
)


class OrderNumber:
    """G, Beijing date, ten characters; kept loose so that old and foreign numbers get a page, not an error."""

    regex = "[0-9A-Z]{6,40}"

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(OrderNumber, "order_number")

app_name = "storefront"
urlpatterns = [
    path("", browse.home, name="home"),
    path("c", browse.category, name="categories"),
    path("c/<str:slug>", browse.category, name="category"),
    path("s/<str:name>", browse.scene, name="scene"),
    path("search", browse.search, name="search"),
    path("p/<str:slug>", browse.product, name="product"),
    path("checkout", checkout.checkout, name="checkout"),
    path("checkout/check", checkout.check, name="checkout_check"),
    path("o/<order_number:number>", orders.order, name="order"),
    path("o/<order_number:number>/pay", payment.pay, name="pay"),
    path("o/<order_number:number>/payer", payer.ask, name="payer"),
    path("o/<order_number:number>/payer/back", payer.back, name="payer_back"),
    path("o/<order_number:number>/state", payment.state, name="state"),
    path("o/<order_number:number>/cancel", payment.cancel, name="cancel"),
    path("o/<order_number:number>/reveal", orders.reveal, name="reveal"),
    path("o/<order_number:number>/download", orders.download, name="download"),
    path("o/<order_number:number>/receipt", orders.receipt, name="receipt"),
    path("o/<order_number:number>/proof", orders.prove_again, name="proof"),
    path("o/<order_number:number>/claim", claims.claim, name="claim"),
    path("o/<order_number:number>/claim/<uuid:claim_id>", claim_progress.progress, name="claim_progress"),
    path("o/<order_number:number>/claim/<uuid:claim_id>/state", claim_progress.state, name="claim_state"),
    path("o/<order_number:number>/claim/<uuid:claim_id>/withdraw", claim_progress.withdraw, name="withdraw"),
    path("o/<order_number:number>/claim/<uuid:claim_id>/write", claim_progress.write, name="claim_write"),
    path("o/<order_number:number>/claim/<uuid:claim_id>/objection", claim_progress.objection, name="claim_objection"),
    path("o/<order_number:number>/claim/<uuid:claim_id>/rating", claim_progress.rating, name="claim_rating"),
    path(
        "o/<order_number:number>/claim/<uuid:claim_id>/picture/<uuid:picture_id>",
        claim_progress.picture,
        name="claim_picture",
    ),
    path("o/<order_number:number>/invoice", invoices.invoice, name="invoice"),
    path("o/<order_number:number>/grants", claim_progress.take, name="take_grants"),
    path("o/<order_number:number>/lock", orders.lock, name="lock"),
    path("orders", orders.my_orders, name="orders"),
    path("lookup", orders.lookup, name="lookup"),
    path("go-on", going_on.go_on, name="go_on"),
    path("me", small.me, name="me"),
    path("me/forget", small.forget, name="forget"),
    path("signin", account_signin.signin, name="signin"),
    path("signin/code", account_signin.signin_code, name="signin_code"),
    path("signin/password", account_signin.signin_password, name="signin_password"),
    path("signin/passkey/options", account_passkey.signin_options, name="signin_passkey_options"),
    path("signin/passkey", account_passkey.signin_passkey, name="signin_passkey"),
    path("signin/with/<slug:provider>", account_elsewhere.signin_with, name="signin_with"),
    path("signin/with/<slug:provider>/back", account_elsewhere.back_from, name="back_from"),
    path("signout", account_signin.signout, name="signout"),
    path("me/prove", account_proof.proof, name="me_proof"),
    path("me/prove/code", account_proof.proof_code, name="me_proof_code"),
    path("me/prove/passkey/options", account_passkey.proof_options, name="me_proof_passkey_options"),
    path("me/prove/passkey", account_passkey.proof_passkey, name="me_proof_passkey"),
    path("me/profile", account_profile.profile, name="me_profile"),
    path("me/accounts", account_profile.saved, name="me_saved"),
    path("me/accounts/<uuid:account_id>/delete", account_profile.delete_saved, name="me_saved_delete"),
    path("me/messages", account_profile.messages, name="me_messages"),
    path("me/consent", account_profile.consent, name="me_consent"),
    path("me/security", account_security.security, name="me_security"),
    path("me/security/password", account_security.password, name="me_password"),
    path("me/contacts", account_security.new_contact, name="me_contact"),
    path("me/contacts/code", account_security.contact_code, name="me_contact_code"),
    path("me/contacts/<slug:kind>/delete", account_security.delete_contact, name="me_contact_delete"),
    path("me/devices/revoke-all", account_security.revoke_all, name="me_revoke_all"),
    path("me/devices/<uuid:session_id>/revoke", account_security.revoke, name="me_revoke"),
    path("me/passkeys/options", account_passkey.new_options, name="me_passkey_options"),
    path("me/passkeys", account_passkey.new_passkey, name="me_passkey"),
    path("me/passkeys/<uuid:passkey_id>/delete", account_passkey.delete_passkey, name="me_passkey_delete"),
    path("me/links/<slug:provider>", account_elsewhere.link_with, name="me_link"),
    path("me/links/<slug:provider>/delete", account_elsewhere.delete_link, name="me_link_delete"),
    path("me/invite", inviting.mine, name="me_invite"),
    path("i/<str:code>", inviting.link, name="invite"),
    path("me/data", account_data.data, name="me_data"),
    path("me/data/export", account_data.export, name="me_export"),
    path("me/data/delete", account_data.delete, name="me_delete"),
    path("me/data/keep", account_data.keep, name="me_keep"),
    path("me/claim", account_data.claim, name="me_claim"),
    path("partner/<str:token>", partner.statements, name="partner"),
    path("partner/<str:token>/<uuid:statement_id>", partner.statement, name="partner_statement"),
    path("partner/<str:token>/<uuid:statement_id>/file/<slug:kind>", partner.file, name="partner_file"),
    path("partner/<str:token>/<uuid:statement_id>/confirm", partner.confirm, name="partner_confirm"),
    path("partner/<str:token>/<uuid:statement_id>/object", partner.object_to, name="partner_object"),
    path("help", small.help_page, name="help"),
    path("terms", small.terms, name="terms"),
    path("privacy", small.privacy, name="privacy"),
    path("language", small.language, name="language"),
    path("trust", trust.trust, name="trust"),
    path("trust.json", trust.document, name="trust_json"),
    path("trust.svg", trust.badge, name="trust_badge"),
    path("share/p/<str:slug>.png", site.share_picture, name="share_picture"),
    path("manifest.webmanifest", site.manifest, name="manifest"),
    path("sitemap.xml", site.sitemap, name="sitemap"),
    path("robots.txt", site.robots, name="robots"),
    path("favicon.ico", site.favicon, name="favicon"),
]
