"""The columns of the lists of runs, payments and files."""
