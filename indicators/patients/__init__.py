"""One row per patient and period: who has the disease, where they belonged, and what was measured of them."""
