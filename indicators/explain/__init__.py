"""Definitions and results in words: for a clinician, for a steward, and for one person's answer."""
