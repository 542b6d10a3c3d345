"""What the deliveries cover: where nothing was delivered, nothing is computed, and it is not zero."""
