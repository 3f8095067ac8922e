"""One module a verb; each holds one `click.Command` named `command`."""
