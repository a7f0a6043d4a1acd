"""What can be wrong with a window."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, InvalidInput, NotFound


class InvalidBlock(InvalidInput):
    """A block that cannot be: `position` counts from 0, `field` says what of it."""

    code = "invalid_block"
    title = _("首页模块有误")


class PageNotFound(NotFound):
    """No such page in this shop."""

    code = "page_not_found"
    title = _("没有这个页面")


class PageSlugTaken(Conflict):
    """Another page of the shop has that address."""

    code = "page_slug_taken"
    title = _("这个地址已被别的页面用了")


class PageOnline(Conflict):
    """Buyers see it: first it is taken offline."""

    code = "page_online"
    title = _("页面在线上，先下线再删除")


class BlockNotFound(NotFound):
    """No such block in this shop's draft: somebody may have taken it away."""

    code = "block_not_found"
    title = _("草稿里没有这个模块，可能刚被别人删掉")
