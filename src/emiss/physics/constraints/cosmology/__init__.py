"""Which coupling gives the relic abundance? Freeze-out of dark matter and the thermal target."""
