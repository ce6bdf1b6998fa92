"""Start page, menu, notices, patient search; the only one who knows all modules."""
