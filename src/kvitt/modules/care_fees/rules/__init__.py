"""What care fees decide by: pure functions, one file for each part of the manual."""
