"""What sync and async share: all decisions, without network I/O (sans-I/O)."""
