"""What is done in special care dentistry: one use case, one transaction, one event."""
