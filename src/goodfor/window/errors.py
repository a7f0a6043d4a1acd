"""What can be wrong with a window."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import InvalidInput, NotFound


class InvalidBlock(InvalidInput):
    """A block that cannot be: `position` counts from 0, `field` says what of it."""

    code = "invalid_block"
    title = _("首页模块有误")


class BlockNotFound(NotFound):
    """No such block in this shop's draft: somebody may have taken it away."""

    code = "block_not_found"
    title = _("草稿里没有这个模块，可能刚被别人删掉")
