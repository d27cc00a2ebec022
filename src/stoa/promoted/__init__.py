"""The desk where the operator takes promoted posts in, and ends them."""
