"""What sync and async share: pure functions that decide, and never send or sleep."""
