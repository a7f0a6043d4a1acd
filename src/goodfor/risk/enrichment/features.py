"""The features that enrichment gives, with their words."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from goodfor.risk.features import NUMBER, TEXT, TRUTH, Feature

ADDRESS: Final = (
    Feature("ip_known", TRUTH, _("地址表认识这个地址")),
    Feature("ip_local", TRUTH, _("内网或保留地址")),
    Feature("ip_v6", TRUTH, _("IPv6 地址")),
    Feature("ip_country", TEXT, _("地址所在国家或地区的代码")),
    Feature("ip_overseas", TRUTH, _("境外地址")),
    Feature("ip_province", TEXT, _("地址所在省份")),
    Feature("ip_city", TEXT, _("地址所在城市")),
    Feature("ip_carrier", TEXT, _("地址的运营商类别")),
    Feature("ip_origin", TEXT, _("地址的机器类别")),
    Feature("ip_provider", TEXT, _("地址的机房或服务商")),
    Feature("ip_cloud", TRUTH, _("机房或云服务器地址")),
    Feature("ip_vpn", TRUTH, _("VPN 出口")),
    Feature("ip_tor", TRUTH, _("Tor 出口")),
    Feature("ip_bot", TRUTH, _("自称爬虫的地址")),
    Feature("ip_shared", TRUTH, _("多人共用的移动网关")),
)
MAIL: Final = (
    Feature("mail_domain", TEXT, _("邮箱域名")),
    Feature("mail_common", TRUTH, _("大众邮箱服务商")),
    Feature("mail_disposable", TRUTH, _("一次性邮箱")),
    Feature("mail_random", TRUTH, _("邮箱名像是机器生成的")),
    Feature("mail_tagged", TRUTH, _("邮箱名带别名标记")),
    Feature("mail_digits", NUMBER, _("邮箱名中数字的比例")),
)
PHONE: Final = (
    Feature("phone_country", TEXT, _("手机号所属国家或地区的代码")),
    Feature("phone_overseas", TRUTH, _("境外手机号")),
    Feature("phone_carrier", TEXT, _("手机号段的运营商")),
    Feature("phone_virtual", TRUTH, _("虚拟运营商号段")),
    Feature("phone_things", TRUTH, _("物联网号段")),
)
DEVICE: Final = (
    Feature("device_known", TRUTH, _("带有我们发出的设备标识")),
    Feature("device_age_days", NUMBER, _("设备首次出现距今天数")),
    Feature("agent", TEXT, _("浏览器和系统")),
    Feature("agent_script", TRUTH, _("自称程序的访问者")),
    Feature("account_age_days", NUMBER, _("账户创建距今天数")),
)
JOURNEY: Final = (
    Feature("hours_since_seen", NUMBER, _("距上次登录的小时数")),
    Feature("distance_km", NUMBER, _("与上次登录地的距离（公里）")),
    Feature("speed_kmh", NUMBER, _("与上次登录之间的移动速度（公里/小时）")),
    Feature("odd_place", TRUTH, _("异地登录")),
)
CLOCK: Final = (
    Feature("hour_local", NUMBER, _("北京时间的小时")),
    Feature("weekend", TRUTH, _("周末")),
    Feature("night", TRUTH, _("深夜（0 至 6 时）")),
)
FEATURES: Final = (*ADDRESS, *MAIL, *PHONE, *DEVICE, *JOURNEY, *CLOCK)
