"""SMS by Tencent Cloud (sms 2021-01-11)."""
