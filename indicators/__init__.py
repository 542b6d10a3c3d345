"""From pseudonymised rows to protected numbers."""
