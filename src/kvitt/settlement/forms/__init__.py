"""The input of payment runs, files and accounts as typed values."""
