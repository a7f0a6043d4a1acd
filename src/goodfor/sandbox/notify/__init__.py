"""Stand-ins for whoever carries messages: an SMTP server, an e-mail service, two SMS vendors, WeChat, a browser's
push service and the group robots of WeCom, DingTalk and Feishu. They speak the vendors' protocols, check what a vendor
checks, keep their own books and fail on demand. They share no code with what they stand in for.
"""
