"""What the product does, one module per resource; `permissions.py` is the only rule table."""
