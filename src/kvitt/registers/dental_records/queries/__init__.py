"""Read dental records, limited to the care provider that made them."""
