"""One folder per country: its levels and places as data, and `shapes.py`, which writes its identifiers and files."""
