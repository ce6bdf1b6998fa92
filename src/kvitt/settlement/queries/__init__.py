"""Read payment runs, payments, the outbox and the accounts that pay."""
