"""What this room refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound


class CardRefused(NotFound):
    """No card that is good for anything has this code: unknown, not yet good, used, expired, revoked, another shop's.

    One answer for all of them.
    """

    code = "card_refused"
    title = _("这张卡不能兑换，请核对卡号；已过期的卡可以联系客服延期")


class CardShort(Conflict):
    """There is less on the card than the order costs; `missing`: how much less."""

    code = "card_short"
    title = _("卡内余额不够付这笔订单")


class CardNotFit(Conflict):
    """A card of another kind, for other goods, or in another currency than the order."""

    code = "card_not_fit"
    title = _("这张卡不能用在这里")


class ProgramNotFound(NotFound):
    """No such program in this shop."""

    code = "card_program_not_found"
    title = _("没有这个卡种")


class BatchNotFound(NotFound):
    """No such batch in this shop."""

    code = "card_batch_not_found"
    title = _("没有这批卡")


class CardNotFound(NotFound):
    """No card with this serial number; for the staff."""

    code = "card_not_found"
    title = _("没有这个编号的卡")


class InvalidProgram(InvalidInput):
    """Terms or looks that cannot be; `field` names which."""

    code = "invalid_card_program"
    title = _("卡种的设置不正确")


class InvalidBatch(InvalidInput):
    """A batch or a range of it that cannot be; `field` names which."""

    code = "invalid_card_batch"
    title = _("这批卡的设置不正确")


class TermsKept(Conflict):
    """Cards are out: what they are good for stays."""

    code = "card_terms_kept"
    title = _("已经发过卡，面值、商品和币种不能再改")


class CodesGone(Conflict):
    """The codes have left, nobody has asked for them, or they are not written yet."""

    code = "card_codes_gone"
    title = _("这批卡号不能导出")


class WalkGone(Conflict):
    """It is under way, over, or dropped."""

    code = "card_walk_gone"
    title = _("这项操作已由其他人处理，请刷新后再看")


class SecondPersonNeeded(Forbidden):
    """Another person than the one who asked has to agree."""

    code = "card_second_person"
    title = _("需要另一位同事同意")
