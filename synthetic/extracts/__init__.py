"""Write the invented truth as each sector really delivers it: one module per sector."""
