"""Read clients and what they pay for, limited to what the actor may see."""
