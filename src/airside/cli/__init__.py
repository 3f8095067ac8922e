"""The `airside` command: argv and the environment in, text or JSON and an exit code out.

One small module a verb in `commands/`. This is the only room that prints, prompts and exits.
"""
