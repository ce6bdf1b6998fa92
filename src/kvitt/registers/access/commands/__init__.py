"""Sign in and out, keep one's own settings, and administer users and their roles."""
