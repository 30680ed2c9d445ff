"""T3: the real program on PostgreSQL, several tablets at once, and processes that die at any moment."""
