"""Indicators and variables as drawn tables."""
