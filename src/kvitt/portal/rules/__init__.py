"""What may be published or asked, and where the bars of a plot stand."""
