"""What is typed in special care dentistry."""
