"""Which providers of sign-ins there are: one line each."""

from typing import Any

from allauth.socialaccount.providers.github.provider import GitHubProvider
from allauth.socialaccount.providers.google.provider import GoogleProvider
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.weibo.provider import WeiboProvider
from allauth.socialaccount.providers.weixin.provider import WeixinProvider

from goodfor.identity.providers.weixin_mp import WeixinMpProvider

PROVIDERS: dict[str, Any] = {
    "weixin": WeixinProvider,
    "weixin_mp": WeixinMpProvider,
    "weibo": WeiboProvider,
    "google": GoogleProvider,
    "github": GitHubProvider,
    "openid_connect": OpenIDConnectProvider,
}
#: WeChat knows no PKCE; its code is short-lived and bound to the app's secret.
WITHOUT_PKCE = frozenset({"weixin", "weixin_mp"})
#: Providers that are one and the same to the buyer.
FAMILY = {"weixin_mp": "weixin"}
