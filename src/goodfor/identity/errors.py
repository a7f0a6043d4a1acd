"""What can go wrong in identity."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound, RateLimited, Unauthorized, Unavailable


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


class WorksElsewhere(Conflict):
    """A link opens a person's whole login, and with it other shops: not for this shop to give."""

    code = "works_elsewhere"
    title = _("该成员还在别的店铺工作，不能由本店发放登录链接，请用密码或通行密钥登录")


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


# -- buyers ------------------------------------------------------------------------------------------


class InvalidContact(InvalidInput):
    """Neither a telephone number nor an e-mail address."""

    code = "invalid_contact"
    title = _("请填写手机号或邮箱")


class InvalidCode(InvalidInput):
    """Wrong, used, expired or guessed at too often: one answer for all."""

    code = "invalid_code"
    title = _("验证码不对或已失效")


class NotJoinedYet(Conflict):
    """The code is right, and its contact has no account yet; it was not asked to make one."""

    code = "not_joined_yet"
    title = _("还没有账号")


class InvalidPassword(InvalidInput):
    """No such account, no password, or the wrong one: one answer for all."""

    code = "invalid_password"
    title = _("账号或密码不对")


class WeakPassword(InvalidInput):
    """Too easy to guess; the message says why."""

    code = "weak_password"
    title = _("密码太容易被猜到")


class TooManyGuesses(RateLimited):
    """The door is slow for a while."""

    code = "too_many_guesses"
    title = _("试得太频繁了")


class TooManyCodes(RateLimited):
    """So many codes were sent that no more go out for a while."""

    code = "too_many_codes"
    title = _("验证码发得太频繁了")


class SignInNeeded(Unauthorized):
    """Nobody is signed in here, or no longer."""

    code = "sign_in_needed"
    title = _("请先登录")


class FreshProofNeeded(Forbidden):
    """Signed in, but the last proof is older than ten minutes."""

    code = "fresh_proof_needed"
    title = _("请再验证一次身份")


class BuyerNotFound(NotFound):
    """No such buyer in this shop."""

    code = "buyer_not_found"
    title = _("找不到该买家")


class ContactTaken(Conflict):
    """The contact opens another account; accounts are never merged."""

    code = "contact_taken"
    title = _("这个手机号或邮箱已属于另一个账号")


class LastWayIn(Conflict):
    """Without it nobody could sign in to the account any more."""

    code = "last_way_in"
    title = _("这是最后一种登录方式，不能移除")


class InvalidProfile(InvalidInput):
    """A name, birthday, language, label or account that is not accepted."""

    code = "invalid_profile"
    title = _("资料有误")


class NotListed(NotFound):
    """No such device, passkey, link or saved account among one's own."""

    code = "not_listed"
    title = _("列表里没有这一项")


class PasskeyRefused(InvalidInput):
    """The browser's answer does not hold: unknown, too late, of another place, or copied."""

    code = "passkey_refused"
    title = _("通行密钥没有通过验证")


class LinkRefused(InvalidInput):
    """The provider's answer does not hold, came too late, or from another browser."""

    code = "link_refused"
    title = _("没有从对方那里确认到身份")


class LinkTaken(Conflict):
    """That account elsewhere opens another account here; accounts are never merged."""

    code = "link_taken"
    title = _("对方账号已绑定另一个账号")


class ProviderAway(Unavailable):
    """The provider of sign-ins does not answer, or is not set up in this shop."""

    code = "provider_away"
    title = _("对方登录服务暂时不可用")


class WrongBuyerState(Conflict):
    """The account is not in the state that this needs."""

    code = "wrong_buyer_state"
    title = _("账号当前状态不能这样做")
