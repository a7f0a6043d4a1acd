"""What can be wrong with a window."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import InvalidInput


class InvalidBlock(InvalidInput):
    """A block that cannot be: `position` counts from 0, `field` says what of it."""

    code = "invalid_block"
    title = _("首页模块有误")
