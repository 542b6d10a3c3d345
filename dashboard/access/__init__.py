"""Who is let in, as whom, and what that role may read; a page asks here before it reads anything."""
