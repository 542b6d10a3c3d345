"""What every indicator must be, worked out slowly for one patient at a time and without the pipeline."""
