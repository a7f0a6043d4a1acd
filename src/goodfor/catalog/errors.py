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


class PriceTooLow(InvalidOffer):
    """The change would leave nothing to pay."""

    code = "price_too_low"
    title = _("改后的价格必须大于 0")


class CategoryUnknown(NotFound):
    """No such category in this shop."""

    code = "category_unknown"
    title = _("没有这个分类")


class NotReady(Conflict):
    """Nobody could buy it: `reasons` are those of ProductView.obstacles."""

    code = "not_ready"
    title = _("商品还不能上架")


class TooManyPictures(Conflict):
    """A product has at most `limit` pictures."""

    code = "too_many_pictures"
    title = _("一个商品最多 8 张图片")


class PictureUnknown(NotFound):
    """The product has no such picture."""

    code = "picture_unknown"
    title = _("没有这张图片")
