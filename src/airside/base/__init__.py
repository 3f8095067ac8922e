"""What every room stands on: errors, digests, safe paths, the clock and durable files."""
