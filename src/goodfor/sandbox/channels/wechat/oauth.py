"""WeChat's silent OAuth: the browser is sent back at once with a code; it is worth an openid once, for five minutes."""

from urllib.parse import urlsplit

from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.loopback import is_loopback_url
from goodfor.sandbox.web import Handler, Request, Response, json_response, with_query

CODE_SECONDS = 300
#: These two are not signed, neither way; they belong to other hosts than the rest.
ENDPOINTS = frozenset({"authorize", "openid"})
_WANTED = {"appid": demo.WECHAT_APP_ID, "response_type": "code", "scope": "snsapi_base"}


def authorize(desk: Desk, request: Request) -> Response:
    """Back to the shop with a code; asks the buyer nothing, as snsapi_base does."""
    query = request.query
    back = query.get("redirect_uri", "")
    shop = is_loopback_url(back) or urlsplit(back).scheme == "https"
    if not shop or any(query.get(name) != value for name, value in _WANTED.items()):
        return json_response({"errcode": 10003, "errmsg": "redirect_uri or a parameter does not match"}, 400)
    code = desk.token("0", 31)
    desk.codes[code] = (query["appid"], desk.config.clock() + CODE_SECONDS)
    state = {"state": query["state"]} if query.get("state") else {}
    headers = (("Location", with_query(back, {"code": code, **state})), ("Cache-Control", "no-store"))
    return Response(302, b"", headers)


def openid(desk: Desk, request: Request) -> Response:
    """The openid for a code; refusals come with status 200, as there."""
    query = request.query
    if query.get("appid") != demo.WECHAT_APP_ID:
        return _refused(40013, "invalid appid")
    if query.get("secret") != demo.WECHAT_APP_SECRET:
        return _refused(40125, "invalid appsecret")
    if query.get("grant_type") != "authorization_code":
        return _refused(40002, "invalid grant_type")
    appid, until = desk.codes.get(query.get("code", ""), ("", 0.0))
    if appid != query["appid"]:
        return _refused(40029, "invalid code")
    if until == 0.0:
        return _refused(40163, "code been used")
    desk.codes[query["code"]] = (appid, 0.0)
    if until <= desk.config.clock():
        return _refused(42003, "code expired")
    told = {
        "access_token": desk.token("", 40), "expires_in": 7200, "refresh_token": desk.token("", 40),
        "openid": demo.WECHAT_OPENID, "scope": "snsapi_base",
    }  # fmt: skip
    return json_response(told)


def _refused(code: int, text: str) -> Response:
    return json_response({"errcode": code, "errmsg": text})


ROUTES: list[tuple[str, str, str, Handler]] = [
    ("GET", "/connect/oauth2/authorize", "authorize", authorize),
    ("GET", "/sns/oauth2/access_token", "openid", openid),
]
