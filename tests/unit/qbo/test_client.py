from decimal import Decimal

import orjson
import pytest

from batchly_admin.errors import InvalidInput, Rejected
from batchly_admin.qbo.client import _number, _plain_id, equals, one_of, quote


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("Ann", "'Ann'"),
        ("O'Brien", r"'O\'Brien'"),
        ("back\\", r"'back\\'"),
        ("\\'", r"'\\\''"),
        ("' OR Id > '0", r"'\' OR Id > \'0'"),
        ("Žluť & Söhne", "'Žluť & Söhne'"),
    ],
)
def test_a_text_cannot_break_out_of_its_literal(text: str, literal: str) -> None:
    assert quote(text) == literal


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "\x00"])
def test_control_characters_are_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        quote(text)


def test_conditions_are_built_of_literals() -> None:
    assert equals("DocNumber", "INV-1") == "DocNumber = 'INV-1'"
    assert one_of("Id", ["1", "2'"]) == r"Id IN ('1', '2\'')"


@pytest.mark.parametrize("text", ["../query", "1?x=1", "", "a b"])
def test_only_an_id_is_put_into_an_address(text: str) -> None:
    with pytest.raises(Rejected):
        _plain_id(text)


@pytest.mark.parametrize("text", ["0.10", "1.0050", "12345678901234.99", "100", "0.00"])
def test_amounts_are_written_digit_for_digit(text: str) -> None:
    assert orjson.dumps({"a": Decimal(text)}, default=_number) == f'{{"a":{text}}}'.encode()


def test_a_number_in_exponent_form_is_written_out() -> None:
    assert orjson.dumps(Decimal("1E+2"), default=_number) == b"100"
