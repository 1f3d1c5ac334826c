"""Document stores: one narrow contract, one module per back-end."""
