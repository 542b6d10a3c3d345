"""How fast, how much memory, and against what."""
