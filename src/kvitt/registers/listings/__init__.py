"""Who is listed where, from when to when."""
