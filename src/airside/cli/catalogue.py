"""Which verbs there are. `airside --help` reads this table alone and imports no verb."""

from airside.cli.verb_group import Entry

SECTIONS: dict[str, tuple[Entry, ...]] = {
    "Start": (
        Entry("init", "init", "Make a workspace from a template."),
        Entry("new", "new", "Make a workflow from a template, with its config, its test and its runbook."),
        Entry("demo", "demo", "Show the whole journey on this machine, every step verified."),
    ),
    "Airflow on this machine": (
        Entry("up", "up", "Start a real Airflow for this workspace."),
        Entry("down", "down", "Stop the Airflow of this workspace."),
        Entry("status", "status", "Show what runs here and what every environment serves."),
        Entry("logs", "logs", "Show what the components of the local Airflow print."),
        Entry("restart", "restart", "Restart the local Airflow or one component of it."),
        Entry("shell", "shell", "Open a shell, or run a command, in the environment of the local Airflow."),
        Entry("clean", "clean", "Remove all that `up` has made, the database included."),
    ),
    "Checks": (
        Entry("check", "check", "Look for all that would break: source, import, contract, policy."),
        Entry("contract", "contract", "Show what workflows need, and whether an environment has it."),
        Entry("config", "config", "Show what configs come to in an environment."),
        Entry("test", "test", "Run the tests of the workspace, and say what they verify."),
    ),
    "Delivery": (
        Entry("plan", "plan", "Show what a deploy or a promotion would change."),
        Entry("deploy", "deploy", "Release this workspace to an environment."),
        Entry("approve", "approve", "Approve a plan: add your signature to its file."),
        Entry("apply", "apply", "Make the move that a plan file describes, and no other."),
        Entry("promote", "promote", "Move an environment to the release that another one serves, or served."),
        Entry("rollback", "rollback", "Take an environment back to an earlier release, and pin it there."),
        Entry("unpin", "unpin", "Let a pinned environment move again."),
        Entry("history", "history", "Show every move of an environment, the last one first."),
        Entry("sign", "sign", "Add your signature to a release."),
        Entry("releases", "releases", "List the releases in the store."),
        Entry("environments", "environments", "List the environments and what each one serves."),
    ),
    "Everywhere": (
        Entry("render", "render", "Write the files that run this workspace elsewhere, and ship it there."),
        Entry("image", "image", "Build the image that runs this workspace's Airflow elsewhere."),
    ),
    "Operations": (
        Entry("verify", "verify", "Look whether every object of the store is whole, and mend it."),
        Entry("gc", "gc", "Remove from the store what nothing needs any more."),
        Entry("doctor", "doctor", "Look for what is wrong with this machine, this workspace and its store."),
        Entry("fetch", "fetch", "Put what an environment serves into a folder, without Airflow."),
        Entry("alerts", "alerts", "Tell people what broke, once, and once when it is well again."),
        Entry("agent", "agent", "Keep a folder in step with an environment, without Airflow."),
        Entry("worker", "worker", "Start a Celery worker of Airflow on this machine."),
    ),
    "Secrets": (
        Entry("secrets", "secrets", "Edit encrypted connections and variables, and apply them to an environment."),
        Entry("keys", "keys", "Make signing keys, and say whose signatures an environment demands."),
    ),
}

ENTRIES: dict[str, Entry] = {entry.name: entry for section in SECTIONS.values() for entry in section}
