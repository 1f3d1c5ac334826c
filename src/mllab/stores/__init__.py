"""Where things are kept: documents (metadata) and files (bytes)."""
