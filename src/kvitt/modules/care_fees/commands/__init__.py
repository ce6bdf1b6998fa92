"""Write clients and what they pay for: one use case, one transaction, one event."""
