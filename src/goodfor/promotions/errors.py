"""What can be wrong with promotions."""

from goodfor.promotions.bundle_errors import BundleChanged as BundleChanged
from goodfor.promotions.bundle_errors import BundleNotOnSale as BundleNotOnSale
from goodfor.promotions.bundle_errors import BundleUnknown as BundleUnknown
from goodfor.promotions.bundle_errors import InvalidBundle as InvalidBundle
from goodfor.promotions.bundle_errors import InvalidPicks as InvalidPicks
from goodfor.promotions.bundle_errors import SlugTaken as SlugTaken
