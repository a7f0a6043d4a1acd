"""WeChat Pay, API v3, for a merchant of its own (直连商户): RSA both ways, notices sealed with AES-GCM, bills, 分账."""
