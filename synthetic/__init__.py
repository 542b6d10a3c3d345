"""A small invented region whose extracts look like real ones."""
