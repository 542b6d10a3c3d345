"""Proof that the drawn cases would notice a wrong definition: clause coverage, mutants, and the lock of meanings."""
