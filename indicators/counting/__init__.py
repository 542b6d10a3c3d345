"""From patients to numbers per unit: cells, shares, medians, rates and times, with their intervals."""
