"""The vault: encrypted codes; import, claim, release, reveal, quarantine; its own tables."""
