"""Sections of a page: a heading, a chart and its table, drawn where a page asks for them."""
