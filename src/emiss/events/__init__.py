"""Events: from beam particles to what a detector records."""
