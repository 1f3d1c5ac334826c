"""The way in: nginx, the access decision it asks for, and the few pages of its own."""
