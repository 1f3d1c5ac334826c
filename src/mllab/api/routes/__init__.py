"""Routes, one module per resource; each module's `router` is named in `api/app.py`."""
