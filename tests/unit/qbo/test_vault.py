import pytest

from batchly_admin.errors import ConfigError
from batchly_admin.qbo.vault import TokenBox

OLD, NEW = ("k1", b"a" * 32), ("k2", b"b" * 32)
SUBJECT = "7f2c|refresh_token"


def test_what_is_sealed_opens_again_and_never_stands_in_the_clear() -> None:
    box = TokenBox([OLD])

    sealed = box.seal("RT1-very-secret", subject=SUBJECT)

    assert "secret" not in sealed
    assert sealed.startswith("v1.k1.")
    assert box.open(sealed, subject=SUBJECT) == "RT1-very-secret"
    assert box.seal("RT1-very-secret", subject=SUBJECT) != sealed


def test_a_token_moved_to_another_field_does_not_open() -> None:
    box = TokenBox([OLD])
    sealed = box.seal("RT1", subject=SUBJECT)

    with pytest.raises(ConfigError):
        box.open(sealed, subject="7f2c|access_token")


def test_a_token_that_was_changed_does_not_open() -> None:
    box = TokenBox([OLD])
    sealed = box.seal("RT1", subject=SUBJECT)
    flipped = sealed[:-2] + ("A" if sealed[-2] != "A" else "B") + sealed[-1]

    with pytest.raises(ConfigError):
        box.open(flipped, subject=SUBJECT)


@pytest.mark.parametrize("text", ["", "plain", "v1.k1.abc", "v2.k1.a.b", "v1.k9.a.b", "v1.k1.?.?"])
def test_a_text_that_is_no_sealed_token_is_refused_in_words(text: str) -> None:
    with pytest.raises(ConfigError):
        TokenBox([OLD]).open(text, subject=SUBJECT)


def test_a_new_key_opens_what_the_old_one_sealed_and_rotates_it() -> None:
    sealed = TokenBox([OLD]).seal("RT1", subject=SUBJECT)
    box = TokenBox([NEW, OLD])

    rotated = box.rotate(sealed, subject=SUBJECT)

    assert rotated.startswith("v1.k2.")
    assert TokenBox([NEW]).open(rotated, subject=SUBJECT) == "RT1"
    assert box.rotate(rotated, subject=SUBJECT) == rotated


def test_without_a_key_nothing_is_sealed() -> None:
    with pytest.raises(ConfigError, match="BATCHLY_KEYS"):
        TokenBox([]).seal("RT1", subject=SUBJECT)
