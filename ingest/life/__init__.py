"""The life of the data after loading: people who object, and what is rewritten so that nothing of them is left."""
