"""What a page shows into Plotly figures: pure functions that know colours and nothing about where numbers come from."""
