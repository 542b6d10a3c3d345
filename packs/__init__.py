"""What is only true in one country: data, never logic."""

DEFAULT_PACK = "denmark"
"""The pack of a new home folder that names no other."""
