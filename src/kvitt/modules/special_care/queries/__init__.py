"""What the pages of special care dentistry show."""
