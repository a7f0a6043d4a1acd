"""Words of the audit trail for what risk control does; a part of `audit_words`."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import pgettext_lazy as _

from goodfor.console.columns import Text

ACTIONS: Final[Mapping[str, Text]] = {
    "risk_rule_saved": _("audit", "保存风控规则"),
    "risk_rule_set": _("audit", "改变风控规则的状态"),
    "risk_rule_snoozed": _("audit", "对某个对象暂停规则"),
    "risk_snooze_ended": _("audit", "恢复暂停的规则"),
    "risk_quarantine_lifted": _("audit", "解除规则隔离"),
    "risk_backtest_started": _("audit", "回测风控规则"),
    "risk_starter_installed": _("audit", "安装起步规则"),
    "risk_change_asked": _("audit", "提交风控变更"),
    "risk_change_approved": _("audit", "批准风控变更"),
    "risk_change_refused": _("audit", "驳回风控变更"),
    "risk_change_withdrawn": _("audit", "撤回风控变更"),
    "risk_list_made": _("audit", "新建名单"),
    "risk_list_added": _("audit", "加入名单"),
    "risk_list_removed": _("audit", "移出名单"),
    "risk_list_imported": _("audit", "导入名单"),
    "risk_list_exported": _("audit", "导出名单"),
    "risk_list_value_seen": _("audit", "查看名单原值"),
    "risk_key_seen": _("audit", "查看风控对象的原值"),
    "risk_labelled": _("audit", "标记为欺诈或正常"),
    "risk_reviewed": _("audit", "审核风控事项"),
    "risk_review_policy_set": _("audit", "设置审核时限"),
    "risk_model_registered": _("audit", "登记风控模型"),
    "risk_model_shadow": _("audit", "模型进入影子运行"),
    "risk_model_champion": _("audit", "启用风控模型"),
    "risk_model_retired": _("audit", "停用风控模型"),
    "risk_training_started": _("audit", "开始训练风控模型"),
    "risk_training_stopped": _("audit", "停止训练风控模型"),
    "risk_door_unlocked": _("audit", "解除入口锁定"),
    "risk_breaker_closed": _("audit", "关闭入口的统一验证"),
    "risk.canary_planted": _("audit", "布设金丝雀卡密"),
    "risk.canary_retired": _("audit", "撤下金丝雀卡密"),
    "risk.canary_seen": _("audit", "金丝雀卡密在外出现"),
    "risk.honeypot_planted": _("audit", "布设诱饵码"),
    "risk.honeypot_retired": _("audit", "撤下诱饵码"),
}
SUBJECTS: Final[Mapping[str, Text]] = {
    "canary": _("audit", "金丝雀卡密"),
    "honeypot": _("audit", "诱饵码"),
    "risk_key": _("audit", "风控对象"),
    "risk_backtest": _("audit", "规则回测"),
    "risk_label": _("audit", "风控标记"),
    "risk_list": _("audit", "名单"),
    "risk_list_entry": _("audit", "名单条目"),
    "risk_model": _("audit", "风控模型"),
    "risk_training": _("audit", "模型训练"),
    "risk_door": _("audit", "入口"),
    "risk_proposal": _("audit", "风控变更"),
    "risk_review": _("audit", "审核事项"),
    "risk_rule": _("audit", "风控规则"),
}
