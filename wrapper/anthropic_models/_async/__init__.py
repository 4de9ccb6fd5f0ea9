"""I/O around the core, async (asyncio or trio): sends requests, sleeps, prefetches in tasks."""
