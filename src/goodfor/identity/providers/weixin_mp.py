"""WeChat inside of WeChat: a service account's web authorisation, beside the QR code of the open platform.

https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
"""

from typing import Any

from allauth.socialaccount.providers.weixin.provider import WeixinProvider
from allauth.socialaccount.providers.weixin.views import WeixinOAuth2Adapter


class WeixinMpAdapter(WeixinOAuth2Adapter):  # type: ignore[misc]
    """The same exchange, begun at another address."""

    provider_id = "weixin_mp"
    authorize_url = "https://open.weixin.qq.com/connect/oauth2/authorize"


class WeixinMpProvider(WeixinProvider):  # type: ignore[misc]
    """Asks for the profile, because only then WeChat tells the id that is the same across a company's apps."""

    id = "weixin_mp"
    oauth2_adapter_class = WeixinMpAdapter

    def get_default_scope(self) -> list[Any]:
        """`snsapi_userinfo`."""
        return ["snsapi_userinfo"]
