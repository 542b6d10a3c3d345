"""From a delivered file to pseudonymised, checked rows in the warehouse."""
