"""The group robot of WeCom."""
