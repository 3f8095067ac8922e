"""What never leaves a machine is not looked at."""

from airside.checking.judging import literals

SECRET = b"password: Vx9-rT2mQ4-7kLp\n"


def test_a_secret_in_any_layer_but_the_local_one_is_found() -> None:
    files = ("configs/a.yaml", "configs/environments/production/a.yaml", "configs/local/a.yaml")
    assert [finding.file for finding in literals(dict.fromkeys(files, SECRET))] == [*files[:2]]
