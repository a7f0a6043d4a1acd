"""Addresses of the storefront; config includes them at the root."""

from django.urls import path, register_converter

from goodfor.storefront.views import browse, checkout, claims, orders, payment, site, small


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
    path("o/<order_number:number>", orders.order, name="order"),
    path("o/<order_number:number>/pay", payment.pay, name="pay"),
    path("o/<order_number:number>/state", payment.state, name="state"),
    path("o/<order_number:number>/cancel", payment.cancel, name="cancel"),
    path("o/<order_number:number>/reveal", orders.reveal, name="reveal"),
    path("o/<order_number:number>/download", orders.download, name="download"),
    path("o/<order_number:number>/receipt", orders.receipt, name="receipt"),
    path("o/<order_number:number>/proof", orders.prove_again, name="proof"),
    path("o/<order_number:number>/claim", claims.claim, name="claim"),
    path("o/<order_number:number>/claim/<uuid:claim_id>/withdraw", claims.withdraw, name="withdraw"),
    path("o/<order_number:number>/lock", orders.lock, name="lock"),
    path("orders", orders.my_orders, name="orders"),
    path("lookup", orders.lookup, name="lookup"),
    path("me", small.me, name="me"),
    path("me/forget", small.forget, name="forget"),
    path("help", small.help_page, name="help"),
    path("terms", small.terms, name="terms"),
    path("privacy", small.privacy, name="privacy"),
    path("language", small.language, name="language"),
    path("trust", site.trust, name="trust"),
    path("share/p/<str:slug>.png", site.share_picture, name="share_picture"),
    path("manifest.webmanifest", site.manifest, name="manifest"),
    path("sitemap.xml", site.sitemap, name="sitemap"),
    path("robots.txt", site.robots, name="robots"),
    path("favicon.ico", site.favicon, name="favicon"),
]
