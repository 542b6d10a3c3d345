"""Cards, tables and sentences as HTML that every reader (and screen reader) gets without a picture."""
