"""What is served was signed by those who may: each binding, broken on purpose."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.signer import CryptoSigner  # type: ignore[attr-defined] # it has no __all__
from shipping import NOW, record_of
from signing_keys import TWO_OF_THREE, move_by, release_by, signer, trust_in, trust_text
from trees import flips

from airside.base.clock import to_text
from airside.base.errors import IntegrityError, UntrustedError, UsageError
from airside.release.envelope import Envelope, Signature
from airside.release.pointer import POINTER_TYPE, SealedPointer, parse_pointer
from airside.release.record import PAYLOAD_TYPE, Record
from airside.signing.public import PublicKey
from airside.signing.rules import Rule
from airside.signing.signer import Signer
from airside.signing.trust import Trust, require_trusted, trust_of

ONE = {"production": {"releases": ["ci"]}}
Rules = dict[str, Mapping[str, object]]
PEOPLE = ("ana", "ben", "ci", "eve")


def nothing(_keyid: str) -> Signature | None:
    return None


def check(trust: Trust, mover: str | None, record: Record, environment: str = "production") -> None:
    require_trusted(trust, move_by(mover, record, environment), record, nothing)


def test_a_release_and_a_move_by_those_who_may_are_accepted() -> None:
    check(trust_in(ONE), "ci", release_by("ci"))
    check(trust_in(TWO_OF_THREE), "ana", release_by("ci", "ana"))


def test_a_valid_signature_of_release_a_on_release_b_is_refused() -> None:
    good, other = release_by("ci"), release_by(second=1)
    forged = replace(other, envelope=other.sealed.signed(*good.sealed.signatures))
    with pytest.raises(UntrustedError, match=f"Release {forged.id} is signed by ci \\(which does not hold\\)"):
        check(trust_in(ONE), "ci", forged)


def test_a_detached_signature_of_release_a_does_not_count_for_release_b() -> None:
    trust, a, b = trust_in(TWO_OF_THREE), release_by("ci"), release_by("ci", second=1)
    of_a = signer("ben").signature(a.sealed)
    trust.require_release("production", a, [of_a])
    with pytest.raises(UntrustedError):
        trust.require_release("production", b, [of_a])


def test_a_signature_of_a_pointer_does_not_count_for_a_release() -> None:
    record = release_by()
    elsewhere = signer("ci").signature(Envelope(record.sealed.payload, POINTER_TYPE))
    with pytest.raises(UntrustedError):
        trust_in(ONE).require_release("production", record, [elsewhere])


def test_a_pointer_of_one_environment_replayed_into_another_is_refused() -> None:
    trust = trust_in({"dev": {"releases": ["eve"]}, "production": {"releases": ["ci"]}}, PEOPLE)
    record = release_by("ci", "eve")
    of_dev = move_by("eve", record, "dev")
    trust.require_move(of_dev)
    with pytest.raises(IntegrityError, match="is that of 'dev'"):
        parse_pointer(of_dev.to_bytes(), "production")
    said = move_by(None, record, "production").pointer
    with pytest.raises(UntrustedError):
        trust.require_move(SealedPointer(said, of_dev.envelope))


def test_a_release_of_another_workspace_is_refused_however_it_is_signed() -> None:
    foreign = replace(record_of({}), workspace="other-flows").signed(signer("ci").sign)
    with pytest.raises(UntrustedError, match=r"workspace 'other-flows'; trust\.toml is about 'sales-flows'"):
        check(trust_in(ONE), "ci", foreign)
    with pytest.raises(UntrustedError, match="other-flows"):
        trust_in(ONE).require_release("production", foreign)
    with pytest.raises(UntrustedError, match="other-flows"):
        trust_in(ONE).require_move(move_by("ci", foreign))


def test_a_record_that_is_not_the_one_the_pointer_names_is_refused() -> None:
    named, other = release_by("ci"), release_by("ci", files={"dags/b.py": ""}, second=1)
    with pytest.raises(IntegrityError, match=f"names release {named.id}"):
        require_trusted(trust_in(ONE), move_by("ci", named), other, nothing)


def test_two_of_three_means_two_different_keys() -> None:
    trust = trust_in(TWO_OF_THREE)
    for signers in ([], ["ci"], ["ci", "ci"], ["ana", "ana", "ana"], ["ci", "eve"]):
        with pytest.raises(UntrustedError, match="wants 2 of ci, ana, ben"):
            check(trust, "ana", release_by(*signers))
    for signers in (["ci", "ana"], ["ben", "ci"], ["eve", "ben", "ana"], ["ci", "ana", "ben"]):
        check(trust, "ana", release_by(*signers))


def test_one_key_under_two_names_counts_once() -> None:
    rules = {"production": {"releases": ["ci", "robot", "ana"], "threshold": 2}}
    ci, robot = signer("ci").public, signer("robot").public
    text = trust_text(rules, ("ci", "ana", "robot")).replace(robot.public, ci.public).replace(robot.keyid, ci.keyid)
    trust = trust_of(text.encode(), "trust.toml")
    with pytest.raises(UntrustedError):
        trust.require_release("production", release_by("ci", "ci"))
    trust.require_release("production", release_by("ci", "ana"))
    with pytest.raises(UsageError, match="3 signatures can never be had of 2 keys"):
        trust_of(text.replace("threshold = 2", "threshold = 3").encode(), "trust.toml")


def test_one_key_with_two_schemes_counts_once() -> None:
    private = rsa.generate_private_key(65537, 2048)
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    keys = {scheme: PublicKey.of("rsa", scheme, pem) for scheme in ("rsassa-pss-sha256", "rsa-pkcs1v15-sha256")}
    rule = Rule({**keys, "ana": signer("ana").public}, keys, threshold=2)
    trust = Trust("trust.toml", "sales-flows", rule.releases, {"production": rule})
    record = release_by()
    by_both = [
        Signer(name, key, CryptoSigner(private, key.sslib)).signature(record.sealed) for name, key in keys.items()
    ]
    assert len({signature.keyid for signature in by_both}) == 2
    with pytest.raises(UntrustedError):
        trust.require_release("production", record, by_both)
    trust.require_release("production", record, [*by_both, signer("ana").signature(record.sealed)])


def test_who_signs_releases_may_move_unless_somebody_else_is_named() -> None:
    check(trust_in(ONE), "ci", release_by("ci"))
    with pytest.raises(UntrustedError, match=r"signed by ci; trust\.toml wants one of ana, ben"):
        check(trust_in(TWO_OF_THREE), "ci", release_by("ci", "ana"))


def test_what_nobody_signed_is_refused_where_signatures_are_demanded() -> None:
    with pytest.raises(UntrustedError, match=r"Generation 1 .* is signed by nobody; trust.toml wants ci"):
        check(trust_in(ONE), None, release_by("ci"))
    with pytest.raises(UntrustedError, match=r"Release .* is signed by nobody; trust.toml wants ci in environment"):
        check(trust_in(ONE), "ci", release_by())


def test_a_key_that_was_removed_from_the_trust_file_counts_no_more() -> None:
    record = release_by("ci", "ana")
    check(trust_in(TWO_OF_THREE), "ana", record)
    without = trust_in({"production": {"releases": ["ci", "ben"], "threshold": 2}}, ("ci", "ben"))
    with pytest.raises(UntrustedError, match="unknown key"):
        check(without, "ana", record)
    with pytest.raises(UntrustedError, match="is signed by ci, unknown key"):
        check(without, "ben", record)


def test_an_environment_that_no_rule_names_is_refused() -> None:
    with pytest.raises(UntrustedError, match="does not say whom to trust in environment 'dev'") as caught:
        check(trust_in(ONE), "ci", release_by("ci"), "dev")
    assert caught.value.hint is not None
    assert '[environments."*"]' in caught.value.hint


def test_the_nearest_rule_counts() -> None:
    rules: Rules = {
        "production": {"releases": ["ci"]},
        "preview/*": {"releases": ["ben"]},
        "preview/big": {"releases": ["ana"]},
        "*": {"unsigned": True},
    }
    trust = trust_in(rules)
    for environment, who in (("production", "ci"), ("preview/x", "ben"), ("preview/big", "ana"), ("dev", "nobody")):
        assert ", ".join(trust.rule(environment).releases) == who.replace("nobody", "")
    check(trust, None, release_by(), "dev")
    check(trust, None, release_by(), "team/dev")
    with pytest.raises(UntrustedError):
        check(trust, "ana", release_by("ana"), "preview/x")


def test_one_flipped_bit_of_a_signed_pointer_is_refused() -> None:
    trust, sealed = trust_in(ONE), move_by("ci", release_by("ci"))
    for payload in flips(sealed.envelope.payload)[::37]:
        with pytest.raises(UntrustedError):
            trust.require_move(SealedPointer(sealed.pointer, replace(sealed.envelope, payload=payload)))


def test_one_flipped_bit_of_a_signed_release_is_refused() -> None:
    trust, record = trust_in(ONE), release_by("ci")
    for payload in flips(record.sealed.payload)[::37]:
        changed = replace(record, envelope=replace(record.sealed, payload=payload))
        with pytest.raises(UntrustedError):
            trust.require_release("production", changed)


def test_one_flipped_bit_of_a_signature_or_its_key_id_is_refused() -> None:
    trust, record = trust_in(ONE), release_by()
    good = signer("ci").signature(record.sealed)
    trust.require_release("production", record, [good])
    spoilt = [Signature(good.keyid, base64.b64encode(raw).decode()) for raw in flips(base64.b64decode(good.sig))]
    spoilt += [Signature(raw.decode("latin-1"), good.sig) for raw in flips(good.keyid.encode())]
    for signature in spoilt:
        with pytest.raises(UntrustedError):
            trust.require_release("production", record, [signature])


@given(sig=st.text(max_size=200), keyid=st.sampled_from([signer("ci").public.keyid, "x"]))
def test_no_text_in_place_of_a_signature_counts_or_fails_otherwise(sig: str, keyid: str) -> None:
    with pytest.raises(UntrustedError):
        trust_in(ONE).require_release("production", release_by(), [Signature(keyid, sig)])


@given(names=st.lists(st.sampled_from(PEOPLE), max_size=8), threshold=st.integers(1, 3))
def test_a_release_is_accepted_exactly_when_enough_different_people_signed(names: list[str], threshold: int) -> None:
    trust = trust_in({"production": {"releases": ["ci", "ana", "ben"], "threshold": threshold}})
    enough = len(set(names) & {"ci", "ana", "ben"}) >= threshold
    record = release_by(*names)
    if enough:
        trust.require_release("production", record)
    else:
        with pytest.raises(UntrustedError):
            trust.require_release("production", record)


def test_signatures_of_unknown_keys_are_passed_over() -> None:
    strangers = [f"stranger-{number}" for number in range(63)]
    check(trust_in(ONE), "ci", release_by(*strangers, "ci"))


def test_a_detached_signature_is_read_only_where_it_is_needed() -> None:
    trust, asked = trust_in(TWO_OF_THREE), []
    record = release_by("ci")

    def read(keyid: str) -> Signature | None:
        asked.append(keyid)
        return signer("ben").signature(record.sealed) if keyid == signer("ben").public.keyid else None

    require_trusted(trust, move_by("ana", record), record, read)
    assert asked == [signer(name).public.keyid for name in ("ana", "ben")], "that of ci is in the record"
    asked.clear()
    enough = release_by("ci", "ana")
    require_trusted(trust, move_by("ana", enough), enough, read)
    assert asked == []
    require_trusted(trust_in({"*": {"unsigned": True}}), move_by(None, record), record, read)
    assert asked == []


def test_the_fingerprint_is_about_what_is_demanded_and_by_whom() -> None:
    base = trust_in(TWO_OF_THREE).fingerprint("production")
    rule = TWO_OF_THREE["production"]
    reordered: Rules = {"production": {**rule, "releases": ["ben", "ci", "ana"]}, "dev": {"unsigned": True}}
    assert trust_in(reordered).fingerprint("production") == base, "order and other environments say nothing"
    others = (
        {**rule, "threshold": 1},
        {**rule, "moves": ["ana"]},
        {**rule, "releases": ["ci", "ana"]},
        {"unsigned": True},
    )
    fingerprints = {trust_in({"production": other}).fingerprint("production") for other in others}
    assert len(fingerprints | {base}) == 5


def test_who_signed_is_told_by_name_only_where_the_signature_holds() -> None:
    record = release_by("ci")
    swapped = Signature(signer("ana").public.keyid, record.sealed.signatures[0].sig)
    lying = replace(record, envelope=record.sealed.signed(swapped, *release_by("eve").sealed.signatures))
    with pytest.raises(UntrustedError) as caught:
        trust_in(TWO_OF_THREE).require_release("production", lying)
    eve = signer("eve").public.short
    assert f"is signed by ci, ana (which does not hold), unknown key {eve};" in caught.value.message


def test_the_type_of_the_payload_is_signed_too() -> None:
    record = release_by("ci")
    assert record.sealed.payload_type == PAYLOAD_TYPE
    other = replace(record.sealed, payload_type="application/json")
    with pytest.raises(UntrustedError):
        trust_in(ONE).require_release("production", replace(record, envelope=other))


def test_a_later_time_does_not_help_an_old_signature() -> None:
    record = release_by("ci")
    later = replace(record, created_at=to_text(NOW + timedelta(days=1)), envelope=None)
    with pytest.raises(UntrustedError):
        trust_in(ONE).require_release("production", later, record.sealed.signatures)
