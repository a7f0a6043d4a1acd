"""What can be wrong with an offer."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, InvalidInput, NotFound


class SkuUnknown(NotFound):
    """No such SKU in this shop."""

    code = "sku_unknown"
    title = _("没有这个规格")


class ProductUnknown(NotFound):
    """No such product in this shop."""

    code = "product_unknown"
    title = _("没有这个商品")


class NotOnSale(Conflict):
    """The product or the SKU is off sale."""

    code = "not_on_sale"
    title = _("商品已下架")


class InvalidImage(InvalidInput):
    """The upload is not a picture that we accept (PNG, JPEG or WebP, at most 4 MB and 4000 px)."""

    code = "invalid_image"
    title = _("图片无效：请上传 4 MB 以内的 PNG、JPEG 或 WebP")


class InvalidOffer(InvalidInput):
    """A price, limit or name that cannot be."""

    code = "invalid_offer"
    title = _("商品信息有误")
