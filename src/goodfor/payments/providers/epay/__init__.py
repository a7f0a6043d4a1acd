"""EPay (彩虹易支付 and its many relatives): v1 signs with MD5 and a shared key, v2 with RSA in both directions."""
