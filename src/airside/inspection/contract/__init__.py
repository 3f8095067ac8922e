"""What a workflow needs from where it runs, and what in it cannot work: read from its operators, templates and code."""
