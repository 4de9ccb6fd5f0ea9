"""The async shell around the core, for asyncio and trio: sends, sleeps, prefetches in tasks."""
