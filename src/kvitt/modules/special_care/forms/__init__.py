"""The input of special care dentistry as typed values."""
