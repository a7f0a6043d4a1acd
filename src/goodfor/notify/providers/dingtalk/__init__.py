"""The group robot of DingTalk."""
