"""What can be wrong with what a revision says."""

from goodfor.promotions.errors import InvalidCampaign


class InvalidSpec(InvalidCampaign):
    """`data["field"]` is its first name, `data["path"]` all of them with dots (`effect.tiers.1.threshold`, from 0).

    The message names the field and says what it must be, in the reader's language.
    """

    code = "invalid_campaign_spec"
