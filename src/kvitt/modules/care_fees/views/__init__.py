"""The pages of care fees, one file for each part of a client."""
