"""Tables of promotions."""

from goodfor.promotions.bundle_models import Bundle as Bundle
from goodfor.promotions.bundle_models import BundleRevision as BundleRevision
