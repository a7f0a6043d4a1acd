"""The Alipay open platform, as a merchant's application sees it."""
