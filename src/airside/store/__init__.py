"""Where releases and environments live: one port, and its adapters for folders and for object stores."""
