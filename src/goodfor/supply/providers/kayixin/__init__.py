"""卡易信 Kayixin API 3.0: the software of many supplier sites; cards, top-ups, variants, voids, refunds."""
