"""django-allauth's OAuth 2.0 and OpenID Connect, for one shop at a time and without its accounts.

Its providers and adapters build the address to go to, change the code for a token and read the profile. Its global
tables of users, e-mail addresses and apps stay empty: a shop's app comes from identity_oauth_app and is never saved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from allauth.core import context
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base import ProviderException
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict

from goodfor.identity.errors import LinkRefused, ProviderAway
from goodfor.identity.providers import outside
from goodfor.identity.providers.registry import FAMILY, PROVIDERS, WITHOUT_PKCE


@dataclass(frozen=True, slots=True)
class App:
    """A shop's registration with a provider."""

    provider: str
    label: str
    client_id: str
    secret: str = field(repr=False)
    server_url: str


@dataclass(frozen=True, slots=True)
class Way:
    """Where to send the browser, and the PKCE verifier to keep."""

    address: str
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Foreigner:
    """Who somebody is elsewhere: a stable subject, and e-mail addresses that the provider says it has verified."""

    provider: str
    subject: str = field(repr=False)
    emails: tuple[str, ...] = field(repr=False)


class ShopAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """settings.SOCIALACCOUNT_ADAPTER: the provider is the one that this exchange is about; calls have limits."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:  # noqa: ARG002
        """The one provider of this exchange."""
        return getattr(request, "goodfor_provider")  # noqa: B009

    def list_apps(self, request: Any, provider: Any = None, client_id: Any = None) -> list[Any]:  # noqa: ARG002
        """None: allauth's own table of apps is not used."""
        return []

    def get_requests_session(self) -> requests.Session:
        """A session without proxies from the environment, without redirects, with a timeout, never in a transaction."""
        return outside.session()


def begin(app: App, callback: str, state: str, nonce: str) -> Way:
    """Where the browser goes. May ask the provider for its addresses (OpenID Connect). Raises ProviderAway."""
    request = _request({})
    try:
        with context.request_context(request):
            provider, adapter, client = _parts(app, request, callback)
            pkce = provider.get_pkce_params()
            verifier = str(pkce.pop("code_verifier", ""))
            extra = {**provider.get_auth_params(), **pkce}
            if app.provider == "openid_connect":
                extra["nonce"] = nonce
            client.state = state
            address = str(client.get_redirect_url(adapter.authorize_url, provider.get_scope(), extra))
    except (requests.RequestException, OAuth2Error, KeyError, ValueError, TypeError) as error:
        raise ProviderAway from error
    return Way(f"{address}#wechat_redirect" if app.provider.startswith("weixin") else address, verifier)


def finish(app: App, callback: str, code: str, verifier: str, nonce: str) -> Foreigner:
    """Change the code for who it is. Raises LinkRefused (the answer does not hold), ProviderAway (there is none)."""
    request = _request({"code": code})
    try:
        with context.request_context(request):
            provider, adapter, client = _parts(app, request, callback)
            data = adapter.get_access_token_data(request, provider.app, client, pkce_code_verifier=verifier or None)
            token = adapter.parse_token(data)
            login = adapter.complete_login(request, provider.app, token, response=data)
    except (requests.ConnectionError, requests.Timeout) as error:
        raise ProviderAway from error
    except (requests.RequestException, OAuth2Error, ProviderException, PermissionDenied) as error:
        raise LinkRefused from error
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise LinkRefused from error
    extra: Mapping[str, Any] = login.account.extra_data if isinstance(login.account.extra_data, dict) else {}
    if app.provider == "openid_connect":
        claims = extra.get("id_token")
        # Without the claim the answer may have been made for another sign-in.
        if not isinstance(claims, dict) or claims.get("nonce") != nonce or not _same_subject(extra, claims):
            raise LinkRefused
    emails = tuple(str(address.email) for address in login.email_addresses if address.verified)
    return Foreigner(FAMILY.get(app.provider, app.provider), _subject(app, extra, str(login.account.uid)), emails)


def _same_subject(extra: Mapping[str, Any], claims: Mapping[str, Any]) -> bool:
    # OpenID Connect Core 5.3.2: the user info must be about the one whom the id token names.
    info = extra.get("userinfo")
    return not isinstance(info, dict) or info.get("sub") == claims.get("sub")


def _subject(app: App, extra: Mapping[str, Any], uid: str) -> str:
    union = extra.get("unionid")
    if app.provider.startswith("weixin") and isinstance(union, str) and union:
        return f"union:{union}"
    return f"{app.client_id}:{uid}"


def _parts(app: App, request: HttpRequest, callback: str) -> tuple[Any, Any, Any]:
    settings: dict[str, Any] = {"oauth_pkce_enabled": app.provider not in WITHOUT_PKCE}
    if app.server_url:
        settings["server_url"] = app.server_url
    held = SocialApp(
        provider=app.provider, name=app.label, client_id=app.client_id, secret=app.secret, settings=settings
    )
    provider = PROVIDERS[app.provider](request, app=held)
    request.goodfor_provider = provider  # type: ignore[attr-defined]
    adapter = provider.get_oauth2_adapter(request)
    adapter.get_callback_url = lambda _request, _app: callback
    return provider, adapter, adapter.get_client(request, held)


def _request(query: Mapping[str, str]) -> HttpRequest:
    request = HttpRequest()
    request.method = "GET"
    values = QueryDict(mutable=True)
    values.update(dict(query))
    request.GET = values  # type: ignore[assignment]
    return request
