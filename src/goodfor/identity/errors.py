"""What can go wrong in identity."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthorized


class ShopNotFound(NotFound):
    """No shop answers to that host or code."""

    code = "shop_not_found"
    title = _("找不到店铺")


class ShopExists(Conflict):
    """The code or the host is taken."""

    code = "shop_exists"
    title = _("店铺代码或域名已被使用")


class StaffExists(Conflict):
    """This person already works in the shop."""

    code = "staff_exists"
    title = _("该成员已在店铺中")


class UserExists(Conflict):
    """The user name is taken."""

    code = "user_exists"
    title = _("用户名已被使用")


class StaffNotFound(NotFound):
    """No such person in this shop."""

    code = "staff_not_found"
    title = _("找不到该成员")


class LastOwner(Conflict):
    """A shop keeps at least one active owner."""

    code = "last_owner"
    title = _("店铺至少要保留一位店主")


class ClientNotFound(NotFound):
    """No such API client in this shop."""

    code = "api_client_not_found"
    title = _("找不到该 API 客户端")


class ClientRevoked(Conflict):
    """A revoked client stays revoked; make a new one."""

    code = "api_client_revoked"
    title = _("该 API 客户端已停用")


class InvalidIdentity(InvalidInput):
    """A name, code, scope, role, rate or key that identity does not accept."""

    code = "invalid_identity"
    title = _("身份信息有误")


class InvalidApiKey(Unauthorized):
    """No, malformed, unknown, wrong or revoked API key: one answer for all."""

    code = "invalid_api_key"
    title = _("API 密钥无效")


class InsufficientScope(Forbidden):
    """The key is good but was not given this right."""

    code = "insufficient_scope"
    title = _("该密钥没有此项权限")


class SignatureRequired(Unauthorized):
    """This client must sign its requests (RFC 9421)."""

    code = "signature_required"
    title = _("该客户端的请求必须签名")


class InvalidSignature(Unauthorized):
    """The signature is malformed, covers too little, or does not verify."""

    code = "invalid_signature"
    title = _("请求签名无效")


class SignatureExpired(Unauthorized):
    """The signature was made too long ago, or in the future."""

    code = "signature_expired"
    title = _("请求签名已过期")


class SignatureReplayed(Unauthorized):
    """This nonce was used before."""

    code = "signature_replayed"
    title = _("请求签名已被使用过")


class InvalidSigninLink(Unauthorized):
    """Unknown, used or expired sign-in link: one answer for all."""

    code = "invalid_signin_link"
    title = _("登录链接无效或已使用")
