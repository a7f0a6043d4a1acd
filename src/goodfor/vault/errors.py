"""What the vault refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, InvalidInput, NotFound
from goodfor.vault.parsing.problems import FileProblem
from goodfor.vault.wording import FILE_TEXTS


class OutOfStock(Conflict):
    """Fewer free codes than asked for; none was taken."""

    code = "out_of_stock"
    title = _("库存不足")


class ReservationLost(Conflict):
    """The holder does not hold exactly that many good reserved codes (any more); none was sold."""

    code = "reservation_lost"
    title = _("预留已失效")


class HolderHasCodes(Conflict):
    """The holder has codes already: one claim for each holder."""

    code = "holder_has_codes"
    title = _("这一行已经分配过卡密")


class InvalidQuantity(InvalidInput):
    """A quantity outside 1 to 10,000."""

    code = "invalid_quantity"
    title = _("数量必须在 1 到 10000 之间")


class CodeNotFound(NotFound):
    """Some of the codes are not there, or belong to another shop, or are not on sale yet."""

    code = "code_not_found"
    title = _("找不到卡密")


class TooManyCodes(InvalidInput):
    """More than 1,000 codes at once in an operation by hand; use the lot or the batch."""

    code = "too_many_codes"
    title = _("一次最多处理 1000 个卡密，请按批次处理")


class BatchNotFound(NotFound):
    """No such batch in this shop."""

    code = "batch_not_found"
    title = _("找不到批次")


class LotNotFound(NotFound):
    """No such lot in this shop."""

    code = "lot_not_found"
    title = _("找不到批次")


class BatchImported(Conflict):
    """The same file was imported for this SKU already."""

    code = "batch_already_imported"
    title = _("这个文件已经导入过")


class BatchMismatch(Conflict):
    """The file is half imported with other cost, expiry or columns: finish or cancel that first."""

    code = "batch_mismatch"
    title = _("这个文件正以不同的设置导入，请先完成或取消")


class BatchBusy(Conflict):
    """Another process is importing the same batch, or it is no longer staging."""

    code = "batch_busy"
    title = _("另一个进程正在导入这个批次，或批次已结束")


class SealingKeyRetired(Conflict):
    """The key was retired while the file was being imported: begin again, it goes on where it stopped."""

    code = "sealing_key_retired"
    title = _("导入期间加密密钥已停用；请再次导入，会从中断处继续")


class BatchHasFaults(Conflict):
    """A strict import met lines that give no code; nothing was put on sale."""

    code = "batch_has_faults"
    title = _("文件中有问题行，未导入")


class InvalidBatch(InvalidInput):
    """Cost, currency or expiry of a batch make no sense."""

    code = "invalid_batch"
    title = _("批次设置有误")


class BatchIncomplete(Conflict):
    """Only a part of the file was read: it cannot go on sale."""

    code = "batch_incomplete"
    title = _("文件还没有全部导入，不能上架")


class BatchChanged(Conflict):
    """There is more in the batch than what was confirmed."""

    code = "batch_changed"
    title = _("批次的数量已变化，请重新确认")


class NothingToDo(Conflict):
    """No code of the batch is in a state that this changes."""

    code = "batch_nothing_to_do"
    title = _("没有可以处理的卡密")


class ExpiryInPast(InvalidInput):
    """A new expiry lies in the past."""

    code = "expiry_in_past"
    title = _("有效期已过，请填写将来的日期")


class CostIsBooked(Conflict):
    """The batch is on sale and its cost is in the books."""

    code = "cost_is_booked"
    title = _("批次已上架，成本已经入账，不能再改")


class IntakeNotFound(NotFound):
    """No such file on its way in, in this shop."""

    code = "intake_not_found"
    title = _("找不到这次导入")


class IntakeMoved(Conflict):
    """Somebody or the worker has moved it on meanwhile."""

    code = "intake_moved"
    title = _("这次导入的状态已变化，请刷新后再操作")


class ReportChanged(Conflict):
    """The file was checked anew after the person looked."""

    code = "intake_report_changed"
    title = _("检查结果已更新，请看过新的结果再确认")


class TooManyIntakes(Conflict):
    """Files on their way in take room on the disk."""

    code = "too_many_intakes"
    title = _("还有太多导入没有完成，请先确认或取消它们")


class FileGone(NotFound):
    """The file was not confirmed within an hour, or the disk lost it."""

    code = "intake_file_gone"
    title = _("文件已不在，请重新上传")


class FileRefused(InvalidInput):
    """The whole file is refused; `code` is one of parsing.problems.FILE_PROBLEMS."""

    code = "file_refused"
    title = _("文件无法导入")


_REFUSALS: dict[str, type[FileRefused]] = {
    code: type("FileRefused_" + code, (FileRefused,), {"code": code, "title": text, "__doc__": FileRefused.__doc__})
    for code, text in FILE_TEXTS.items()
}


def refusal(problem: FileProblem) -> FileRefused:
    """The DomainError for a file problem, with its stable code."""
    return _REFUSALS[problem.code](**problem.data)


#: What refuses a file on its way in, by its code: the row keeps the code alone.
_INTAKE_PROBLEMS = {
    error.code: error.title
    for error in (BatchImported, BatchMismatch, BatchBusy, SealingKeyRetired, BatchHasFaults, InvalidBatch, FileGone)
}


def intake_problem(code: str) -> str:
    """What a refused or failed file is told about; the code itself where it has no words."""
    return str(FILE_TEXTS.get(code) or _INTAKE_PROBLEMS.get(code) or code)


class CodeStays(Conflict):
    """Bait stays where it is. Why is nobody's business who wants it out."""

    code = "code_stays"
    title = _("这个卡密不能解除隔离")


class InvalidThreshold(InvalidInput):
    """A threshold outside 0 (never) to 1,000,000,000 codes."""

    code = "invalid_threshold"
    title = _("预警线必须是 0 或更大的整数")
