"""What the registry and the scoring of models can refuse."""

from django.utils.translation import gettext_lazy as _

from goodfor.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound, Unavailable


class ModelNotFound(NotFound):
    """Not there, or not of this shop."""

    code = "risk_model_not_found"
    title = _("找不到这个模型")


class SamePerson(Forbidden):
    """Who made a model may not put it to work alone."""

    code = "risk_model_same_person"
    title = _("模型须由登记者以外的人启用")


class OldFeatures(Conflict):
    """The model reads features that mean something else by now."""

    code = "risk_model_old_features"
    title = _("这个模型按旧的特征训练，须重新训练")


class BadModel(InvalidInput):
    """What was handed in cannot score."""

    code = "bad_risk_model"
    title = _("模型文件无法使用")


class ModelFailed(Unavailable):
    """A champion is there and does not answer: the scene's policy decides what that means."""

    code = "risk_model_failed"
    title = _("风险模型没有回答")


class TrainingNotFound(NotFound):
    """Not there, or not of this shop."""

    code = "risk_training_not_found"
    title = _("找不到这次训练")


class TrainingOpen(Conflict):
    """One of this kind waits or is at work."""

    code = "risk_training_open"
    title = _("这类操作已有一次训练在进行")


class BadTraining(InvalidInput):
    """`data["field"]` says what of it."""

    code = "bad_risk_training"
    title = _("训练的设置有误")


class LibraryMissing(Unavailable):
    """LightGBM cannot be loaded on this machine."""

    code = "risk_model_library_missing"
    title = _("本机无法加载 LightGBM，不能训练")
