"""What workflows need, compared with what environments have; and what must not stand in the workspace."""
