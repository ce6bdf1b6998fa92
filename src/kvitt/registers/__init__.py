"""What everything refers to: organisations, access, people, listings, price lists."""
