"""The loop that deletes old pictures."""

from datetime import datetime

from goodfor.aftersales.operations.purge_pictures import purge_pictures
from goodfor.kernel.loops import loop


@loop(name="aftersales.purge_pictures", seconds=3600.0)
def purge_pictures_loop(now: datetime) -> int:
    """Half a year after its case was closed nobody needs a picture."""
    return purge_pictures(now=now)
