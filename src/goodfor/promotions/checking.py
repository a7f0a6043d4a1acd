"""What a campaign must be like before it is written. Pure."""

from goodfor.promotions.errors import InvalidCampaign
from goodfor.promotions.plays import BARGAIN_PLAY, GROUP_PLAY, bargain_play, group_play
from goodfor.promotions.spec_json import parse
from goodfor.promotions.stored import as_json
from goodfor.promotions.types import Spec

NAME_AT_MOST = 80


def check(name: str, spec: Spec) -> None:
    """Raise InvalidCampaign(field) for what could not be read back, evaluated or counted; InvalidSpec says more."""
    if not name.strip() or len(name) > NAME_AT_MOST:
        raise InvalidCampaign(field="name")
    parse(as_json(spec))
    try:
        # What only pages and groups know of.
        if spec.play == GROUP_PLAY:
            group_play(spec)
        elif spec.play == BARGAIN_PLAY:
            bargain_play(spec)
    except ValueError as error:
        raise InvalidCampaign(field=str(error)) from None
