"""The parts of disclosure control: the signed policy, what is small, what must be hidden with it, and the audit."""
