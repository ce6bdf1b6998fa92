"""What is typed on the pages of special care dentistry."""
