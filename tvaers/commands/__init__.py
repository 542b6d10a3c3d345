"""One verb of the command line per module. A module imports what its verb needs only when the verb runs."""
