"""What this room refuses."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, Forbidden, InvalidInput


class NotEnoughPoints(Conflict):
    """Fewer units may be spent than were asked for."""

    code = "not_enough_points"
    title = _("积分不足")


class InvalidPoints(InvalidInput):
    """Units, a kind or terms that cannot be; `field` names which."""

    code = "invalid_points"
    title = _("积分的数量或设置不正确")


class MoveDiffers(Conflict):
    """The same source moved another number of units before."""

    code = "points_move_differs"
    title = _("这笔积分已经按另一个数量记过了")


class GivenEnough(Forbidden):
    """With this a person of the staff has given more points in a day than the shop lets one person give back."""

    code = "given_enough"
    title = _("加上这笔，你今天送出的积分超过了个人每天的限额：请由其他同事来调整")


class NoCheckIn(Conflict):
    """Nothing is given for looking in, or not to who has never bought anything."""

    code = "no_check_in"
    title = _("完成第一笔订单后才能签到")


class NoSuchTask(Conflict):
    """A task that the shop does not offer, or not now."""

    code = "no_such_task"
    title = _("没有这个任务，或现在不开放")


class TaskNotDone(Conflict):
    """It is not done yet."""

    code = "task_not_done"
    title = _("任务还没完成")


class TaskTaken(Conflict):
    """Another account has had the points for this mailbox or telephone."""

    code = "task_taken"
    title = _("这个邮箱或手机号已经领过这份积分")


class TaskDayFull(Conflict):
    """More than a day's tasks may bring; tomorrow it can be claimed."""

    code = "task_day_full"
    title = _("今天任务得的积分已到上限，明天再领")
