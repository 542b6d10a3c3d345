"""The shape of the code base: imports, names, sizes, the wheel."""
