"""Text to styled lines, for the screen, `history show` and exports alike; knows no terminal library."""
