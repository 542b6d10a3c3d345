"""Identifiers that a site and a key holder blind together: the one never sees the key, the other no identifier."""
