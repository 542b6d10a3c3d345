"""What is only true in one country: data, never logic."""
