"""Makes the wanted state real: leases, reconciler, clean-up. Nobody calls it in a request."""
