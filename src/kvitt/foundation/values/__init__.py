"""Pure values: money, dates, identity numbers, teeth, parameters, problems."""
