"""Money out: payment runs, bank files, book vouchers, and the outbox that they leave through."""
