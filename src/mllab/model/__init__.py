"""Plain records of the product: pydantic models, enums, names, units. No I/O here."""
