"""Writes of the kernel that people ask for, and what the background notes about itself."""
