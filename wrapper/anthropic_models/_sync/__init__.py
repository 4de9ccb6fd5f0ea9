"""The sync shell around the core: sends with httpx.Client, sleeps, and reads ahead in threads."""
