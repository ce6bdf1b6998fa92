"""The input of care fees, one file for each part."""
