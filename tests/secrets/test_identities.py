"""Keys are found where sops finds them and where Airside keeps them, and are never shown."""

import subprocess
from pathlib import Path

import pytest
from sealed import SOPS, Identity, make_identity, seal

from airside.base.errors import UsageError
from airside.secrets.identities import Keys, load_keys
from airside.secrets.sealed.document import open_document


def test_the_keys_of_all_places_are_used_in_their_order(tmp_path: Path) -> None:
    one, two, three, four, five, six = (make_identity() for _ in range(6))
    command = three.write(tmp_path / "three")
    variables = {
        "SOPS_AGE_KEY": one.secret,
        "SOPS_AGE_KEY_FILE": str(two.write(tmp_path / "two")),
        "SOPS_AGE_KEY_CMD": f"/bin/cat '{command}'",
        "HOME": str(tmp_path),
    }
    five.write(tmp_path / ".config" / "airside" / "age" / "keys.txt")
    six.write(tmp_path / ".config" / "sops" / "age" / "keys.txt")
    keys = load_keys(variables, four.write(tmp_path / "four"))
    assert keys.public == tuple(one.public for one in (one, two, three, four, five, six))
    assert load_keys({**variables, "XDG_CONFIG_HOME": str(tmp_path / "other")}).public == keys.public[:3]


def test_without_any_place_there_is_no_key() -> None:
    assert load_keys({}) == Keys()


def test_a_home_that_cannot_be_looked_at_has_no_key(tmp_path: Path, identity: Identity) -> None:
    """Such as that of root, which `HOME` names in many a container that runs as somebody else."""
    closed = tmp_path / ("x" * 300)  # a name that is too long is an error for root, too
    assert load_keys(identity.variables | {"HOME": str(closed)}).public == (identity.public,)


def test_no_text_of_keys_shows_a_secret(identity: Identity) -> None:
    keys = load_keys({**identity.variables, "PATH": "/usr/bin:/bin"})
    assert identity.public in repr(keys)
    assert "AGE-SECRET" not in repr(keys)


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"SOPS_AGE_KEY": "AGE-SECRET-KEY-1HUNTER2"}, "The variable SOPS_AGE_KEY holds an age key that cannot be read"),
        ({"SOPS_AGE_KEY_FILE": "/nowhere"}, "The key file /nowhere cannot be read: No such file"),
        ({"SOPS_AGE_KEY_CMD": "/bin/false HUNTER2"}, "The command of SOPS_AGE_KEY_CMD fails"),
        ({"SOPS_AGE_KEY_CMD": "'HUNTER2"}, "The command of SOPS_AGE_KEY_CMD fails"),
    ],
)
def test_a_place_that_is_named_and_has_no_key_is_an_error(variables: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said) as refused:
        load_keys(variables)
    assert "HUNTER2" not in str(refused.value)
    assert refused.value.__cause__ is None or isinstance(refused.value.__cause__, OSError)
    assert not isinstance(refused.value.__context__, ValueError)


def test_an_ssh_key_decrypts_too(tmp_path: Path) -> None:
    (tmp_path / ".ssh").mkdir()
    private = tmp_path / ".ssh" / "id_ed25519"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", private], check=True)
    public = private.with_suffix(".pub").read_text().strip()
    sealed = seal("variables: {a: 1}", Identity(public, ""))
    assert open_document(sealed, load_keys({"HOME": str(tmp_path)}), what="x") == {"variables": {"a": 1}}
    with pytest.raises(UsageError, match="ssh-ed25519"):
        open_document(sealed, Keys(), what="x")


def test_the_program_decrypts_what_groups_of_keys_share(identity: Identity) -> None:
    """Stands for KMS, Vault and PGP too: what age keys alone do not decrypt."""
    other = make_identity()
    groups = [{"age": [identity.public]}, {"age": [other.public]}]
    sealed = seal("variables: {a: [1, é]}", rule={"key_groups": groups, "shamir_threshold": 2})
    both = {"SOPS_AGE_KEY": f"{identity.secret}\n{other.secret}", "HOME": "/nonexistent"}
    assert load_keys(both).program is None
    with pytest.raises(UsageError, match="groups of keys"):
        open_document(sealed, load_keys(both), what="dev.yaml")
    with_program = load_keys({**both, "PATH": str(SOPS.parent)})
    assert open_document(sealed, with_program, what="dev.yaml") == {"variables": {"a": [1, "é"]}}
    changed = sealed.replace(b"- ENC[", b"- ''\n        - ENC[", 1).replace(b"a:", b"b:", 1)
    one = load_keys({"SOPS_AGE_KEY": identity.secret, "HOME": "/nonexistent", "PATH": str(SOPS.parent)})
    for data, keys in ((changed, with_program), (sealed, one)):
        with pytest.raises(UsageError, match=r"sops cannot decrypt dev\.yaml \(exit code [0-9]+\)"):
            open_document(data, keys, what="dev.yaml")
