"""What a unit takes along on paper: its story from the release, as PDF, web page and picture."""
