"""What is told to the people of companies that give their staff something. Pure; reached through `scenes`."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.notify import samples
from goodfor.notify.addresses import EMAIL
from goodfor.notify.scene_types import BUYER, Scene

_WELFARE: Final = {"company": None, "name": None, "url": None}

WELFARE: Final = (
    Scene(
        "welfare_invited",
        _("公司福利邀请"),
        {"welfare": _WELFARE},
        {BUYER: (EMAIL,)},
        secret=True,
        only=(EMAIL,),
        sample={"welfare": samples.WELFARE},
    ),
    Scene(
        "welfare_person",
        _("企业福利管理人"),
        {"welfare": _WELFARE},
        {BUYER: (EMAIL,)},
        only=(EMAIL,),
        sample={"welfare": samples.WELFARE},
    ),
    Scene(
        "welfare_short",
        _("企业福利预存不足"),
        {"welfare": {**_WELFARE, "amount": None}},
        {BUYER: (EMAIL,)},
        only=(EMAIL,),
        sample={"welfare": {**samples.WELFARE, "amount": "¥500.00"}},
    ),
)
