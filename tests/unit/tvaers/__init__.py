"""The front door's own functions."""
