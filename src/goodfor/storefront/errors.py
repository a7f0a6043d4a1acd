"""What the storefront itself refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, DomainError, Forbidden, NotFound, RateLimited


class OrderNotFound(NotFound):
    """One answer for an unknown number and for a wrong secret."""

    code = "order_not_found"
    title = _("订单号或查单密钥不对")


class ProofNeeded(Forbidden):
    """The proof of ownership is too old to show codes."""

    code = "proof_needed"
    title = _("请再次输入查单密钥")


class TooManyTries(RateLimited):
    """Too many look-ups from here."""

    code = "too_many_tries"
    title = _("尝试次数过多")


class UploadTooLarge(DomainError):
    """More bytes than the page takes: `max_bytes`."""

    code = "upload_too_large"
    http_status = 413
    title = _("发送的内容太大")


class PromiseChanged(Conflict):
    """Another promise than the checkout showed has come into force."""

    code = "promise_changed"
    title = _("售后承诺刚刚更新")


class PageExpired(Forbidden):
    """The form was open too long, or cookies are off."""

    code = "page_expired"
    title = _("这一页打开太久了")
