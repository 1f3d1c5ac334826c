"""The Python client: what notebooks import. Needs only `model` and `errors`."""
