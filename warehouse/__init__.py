"""The pseudonymised database: schema, connections, atomic replacement, run log."""
