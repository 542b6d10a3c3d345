"""The invented Trøndelag of the Norwegian pack."""
