"""What is asked: definitions, variables and populations, read from the packs and checked."""
