"""What units do to become better: written down by themselves, in a small database of its own, never about patients."""
