"""Alipay's open platform (支付宝): page, wap, app and QR payments, refunds, bills and royalties, RSA2 both ways."""
