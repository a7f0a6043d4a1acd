"""What can be wrong with a bundle. Reached through `errors`."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, InvalidInput, NotFound


class BundleUnknown(NotFound):
    """No such bundle in this shop."""

    code = "bundle_unknown"
    title = _("没有这个组合")


class InvalidBundle(InvalidInput):
    """A bundle that cannot be: `field` says what of it, `reason` why."""

    code = "invalid_bundle"
    title = _("组合有误")


class InvalidPicks(InvalidInput):
    """What was picked makes no set: `group` says where, `least` and `most` how many it takes."""

    code = "invalid_picks"
    title = _("选的不够或太多，请重新选择")


class BundleNotOnSale(Conflict):
    """It was taken off sale, or it has changed since the buyer looked."""

    code = "bundle_not_on_sale"
    title = _("组合已下架或已变更，请刷新后再选")


class SlugTaken(Conflict):
    """Another bundle of the shop has that address."""

    code = "slug_taken"
    title = _("这个地址已被别的组合用了")


class BundleChanged(Conflict):
    """Somebody else has written a newer revision meanwhile."""

    code = "bundle_changed"
    title = _("别人刚改过这个组合，请刷新后再改")
