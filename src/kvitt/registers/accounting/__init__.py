"""How what is paid is booked: dated account strings."""
