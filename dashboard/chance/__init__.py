"""What chance alone can do: limits, funnels and run charts, computed from the published cells of a release only."""
