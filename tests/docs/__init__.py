"""The documents: every command in them runs, and generated pages have not drifted."""
