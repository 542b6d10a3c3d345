"""The researchers' door: projects with a database of their own, questions in a sandbox, and a check on what leaves."""
