"""Who may call the stand-ins. Fixed, invented, worthless anywhere else."""

ALIYUN_KEY_ID = "LTAIsandbox0001"
ALIYUN_KEY_SECRET = "sandbox-aliyun-secret-0001"  # noqa: S105
TENCENT_SECRET_ID = "AKIDsandbox0001"  # noqa: S105
TENCENT_SECRET_KEY = "sandbox-tencent-secret-0001"  # noqa: S105
TENCENT_APP_ID = "1400000001"
SIGN_NAME = "好码小店"
WECHAT_APP_ID = "wxsandbox00000001"
WECHAT_SECRET = "sandbox-wechat-secret-0001"  # noqa: S105
WECOM_KEY = "sandbox-wecom-key-0001"
DINGTALK_TOKEN = "sandbox-dingtalk-token-0001"  # noqa: S105
DINGTALK_SECRET = "SECsandbox-dingtalk-0001"  # noqa: S105
FEISHU_TOKEN = "sandbox-feishu-token-0001"  # noqa: S105
FEISHU_SECRET = "sandbox-feishu-secret-0001"  # noqa: S105
ESP_KEY = "re_sandbox_key_0001"
SMTP_USER = "mailer"
SMTP_PASSWORD = "sandbox-smtp-password-0001"  # noqa: S105
