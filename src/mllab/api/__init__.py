"""The REST API: parse, one call to core, answer. No rule and no store call here."""
