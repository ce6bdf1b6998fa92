"""What the pages of population responsibility show."""
