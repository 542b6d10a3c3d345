"""Attacks on what is published: what can be worked out from release files alone."""
