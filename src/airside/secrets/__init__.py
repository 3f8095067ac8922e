"""Connections and variables, encrypted with SOPS for the holders of age keys."""
