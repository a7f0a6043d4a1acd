"""蓝色兄弟 (Lsxd) direct top-up, which 飞速源 speaks as well: an account is charged, there are no codes."""
