"""What must be right about payment runs, the files that leave and come back, and the days that banks work."""
