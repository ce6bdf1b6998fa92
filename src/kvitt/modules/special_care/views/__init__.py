"""HTTP in, HTML out, in the order of the addresses."""
