"""Lists for treating units: the warehouse says whose care is open, and only the unit can tell whose it is."""
