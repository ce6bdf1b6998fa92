"""What is done with activities: one use case, one transaction, one event."""
