"""Read needs allowance, limited to what the actor may see."""
