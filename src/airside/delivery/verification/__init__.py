"""Looking whether a store is whole, and mending it with what is at hand."""
