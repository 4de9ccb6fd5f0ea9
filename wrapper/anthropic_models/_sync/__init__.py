"""The sync shell around the core: sends with httpx.Client, sleeps, and prefetches in threads."""
