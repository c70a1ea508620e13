"""What other measurements say about the couplings that emiss looks for."""
