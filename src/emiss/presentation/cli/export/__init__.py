"""Commands that write likelihoods for other programs."""
