"""HTTP in, HTML out: signing in, one's own settings, and the pages about users."""
