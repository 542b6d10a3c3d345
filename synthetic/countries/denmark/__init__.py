"""The invented region of the Danish pack."""
