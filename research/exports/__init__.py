"""What may leave a project: tables of numbers through the release's disclosure control, rows by measured anonymity."""
