"""The columns of the lists of care fees, one file for each part."""
