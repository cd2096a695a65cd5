"""What a kit is made of, and the pure decisions about it."""
