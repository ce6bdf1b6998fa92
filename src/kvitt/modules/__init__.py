"""What differs: one folder per scheme; none knows another."""
