"""Three layers around a question, each holding alone: what may be said, what the engine and the process may do."""
