"""What the console refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound, RateLimited, Unauthorized


class NotAllowed(Forbidden):
    """The role does not give this right."""

    code = "console_not_allowed"
    title = _("你的角色没有这项权限")


class TooManyGuesses(RateLimited):
    """Too many wrong guesses at this account or from this address; `data["retry_after"]` in seconds."""

    code = "console_too_many_guesses"
    title = _("尝试次数过多，请稍后再试")


class WrongPassword(Unauthorized):
    """Unknown name, wrong password, or a person who left: one answer for all."""

    code = "console_wrong_password"
    title = _("用户名或密码不对")


class WrongCode(Unauthorized):
    """A one-time, recovery or passkey answer that does not fit."""

    code = "console_wrong_code"
    title = _("验证码不对或已用过")


class WeakPassword(InvalidInput):
    """Too short or too easy to guess."""

    code = "console_weak_password"
    title = _("密码太容易被猜到，请换一个更长的")


class LastFactor(Conflict):
    """Owners and finance staff keep a second factor."""

    code = "console_last_factor"
    title = _("你的角色必须保留一种二次验证方式")


class ResultChanged(Conflict):
    """What the query finds is not what was confirmed."""

    code = "console_result_changed"
    title = _("查询结果已变化，请重新确认")


class TooManyRows(InvalidInput):
    """More rows than one batch takes."""

    code = "console_too_many_rows"
    title = _("一次批量操作的数量超过上限，请缩小范围")


class NothingSelected(InvalidInput):
    """A batch needs at least one row."""

    code = "console_nothing_selected"
    title = _("没有选中任何行")


class InvalidView(InvalidInput):
    """A saved view needs a name that is not taken."""

    code = "console_invalid_view"
    title = _("请给视图起一个没有用过的名字")


class ExportNotFound(NotFound):
    """No such export, or its file is no longer kept."""

    code = "console_export_not_found"
    title = _("找不到该导出文件，可能已过期")


class BatchNotFound(NotFound):
    """No such batch in this shop."""

    code = "console_batch_not_found"
    title = _("找不到该批量任务")


class HeldFileGone(Conflict):
    """The file that was checked is not kept any more, or was another person's."""

    code = "console_held_file_gone"
    title = _("检查过的内容已不在，请重新上传或粘贴")


class NothingHeld(InvalidInput):
    """Neither a file nor pasted lines."""

    code = "console_nothing_held"
    title = _("请粘贴卡密，或选择一个文件")


class HeldFileTooLarge(InvalidInput):
    """More than this page takes."""

    code = "console_held_file_too_large"
    title = _("这里一次最多 1 MB；更大的文件请用导入页面或命令行")


class NothingToOrder(Conflict):
    """A test order needs a SKU on sale with a code in stock."""

    code = "console_nothing_to_order"
    title = _("没有可以下单的商品：请先上架商品并导入卡密")


class TooManyShops(Conflict):
    """One person opens only so many shops."""

    code = "console_too_many_shops"
    title = _("你的店铺数量已达上限")


class HostNeeded(InvalidInput):
    """The second shop needs an address of its own."""

    code = "console_host_needed"
    title = _("新店铺需要自己的域名，例如 shop2.example.com")


class MessageTestFailed(InvalidInput):
    """A test that did not go out; its detail says why."""

    code = "console_message_test_failed"
    title = _("测试消息没有发出")


class ColleagueNeeded(Forbidden):
    """Something about it is unusual: a colleague who may look at reviews lets it through, or not."""

    code = "console_colleague_needed"
    title = _("这一步要等一位同事复核，通过后 15 分钟内可以再做一次")


class WishNotFound(NotFound):
    """Nothing of the kind was asked for."""

    code = "console_wish_not_found"
    title = _("找不到这个导出申请")


class WishMoved(Conflict):
    """Decided, taken, over, or not yet open."""

    code = "console_wish_moved"
    title = _("这个导出申请的状态已变化，请刷新后再看")


class TooNewHere(Forbidden):
    """Who came today, was given a role or a link by somebody else, or may not decide, cannot be the second person."""

    code = "console_too_new_here"
    title = _("需要一位有复核权限、加入超过一天的同事来批准；当天由别人改过角色或发过登录链接的不算")


class ProofFailed(Forbidden):
    """The page of a challenge is too old, of another browser, or not ours."""

    code = "console_proof_failed"
    title = _("验证没有完成，请重新登录一次")


class AgreementNotFound(NotFound):
    """No agreement of that code in this shop."""

    code = "console_agreement_not_found"
    title = _("没有这份分账协议")
