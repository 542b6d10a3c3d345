"""What each sector promises to deliver, and what our own tables promise in return."""
