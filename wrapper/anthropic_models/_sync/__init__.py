"""I/O around the core, sync: sends requests, sleeps, prefetches in threads."""
