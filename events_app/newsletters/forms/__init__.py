"""What readers fill in (subscribing), and what editors make an issue of (issues)."""
