"""The web page. Reads the anonymous release and nothing else."""
