"""Claims, the evidence they rest on, and what may be said of them. Pure."""
