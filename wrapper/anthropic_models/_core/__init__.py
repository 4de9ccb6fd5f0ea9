"""What sync and async share: all decisions, without I/O (sans-I/O)."""
