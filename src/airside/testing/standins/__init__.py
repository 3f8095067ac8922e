"""What connections of a test lead to: real databases, buckets and servers on this machine, clean for each test."""
