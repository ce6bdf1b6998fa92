"""The pages of payment runs, payments and files."""
