"""`airside secrets`: a module for each verb, imported only when it runs."""

from airside.cli.verb_group import Entry, VerbGroup

VERBS = (
    Entry("init", "init", "Make your key, and an encrypted document for each environment."),
    Entry("edit", "edit", "Open your editor on the decrypted secrets of an environment."),
    Entry("set", "setting", "Give a connection or a variable a value, from a prompt or standard input."),
    Entry("get", "get", "Show where a secret comes from, and with --reveal its value."),
    Entry("unset", "unset", "Take a connection, one of its fields or a variable out."),
    Entry("list", "listing", "List the names that an environment has; no key is needed."),
    Entry("import", "importing", "Take connections and variables over from files of other tools."),
    Entry("diff", "diff", "Show which secrets differ from a commit, an environment or what is applied."),
    Entry("check", "check", "Look whether the documents hold, and who can decrypt them."),
    Entry("rotate", "rotate", "Encrypt a document anew, with a new data key."),
    Entry("recipients", "recipients", "Say who can decrypt the secrets of an environment."),
    Entry("apply", "apply", "Publish the encrypted secrets of an environment."),
    Entry("history", "history", "Show who applied secrets to an environment, and when."),
    Entry("rollback", "rollback", "Give an environment its earlier secrets again."),
)


command = VerbGroup(
    "secrets",
    __name__,
    {"Commands": VERBS},
    help="""Edit encrypted connections and variables, and apply them to an environment.

    Each environment has one file, secrets/ENV.yaml, encrypted with SOPS: it belongs in git. The key that decrypts it
    is in your own configuration folder.
    """,
    context_settings={"help_option_names": ["-h", "--help"]},
)
