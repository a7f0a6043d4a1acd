"""The group robot of Feishu and Lark."""
