"""SMS by Alibaba Cloud (Dysmsapi 2017-05-25)."""
