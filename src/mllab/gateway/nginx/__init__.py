"""nginx: its binary, its configuration, its process."""
