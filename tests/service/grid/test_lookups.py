"""What a link cell offers, and what a pasted text means."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from batchly_admin.errors import NotFound
from batchly_admin.grid import lookups, naming
from batchly_admin.grid.registry import table, tables
from batchly_admin.models.customers import Customer
from batchly_admin.models.orders import PurchaseOrder
from tests.service.grid.shop import put
from tests.service.grid.test_windows import HOSTILE, statements

Shop = Mapping[str, list[UUID]]
ORDERS = table("orders")


def offered(reader: Session, text: str, limit: int = 20) -> list[str]:
    found = lookups.options(reader, ORDERS, "customer_id", text, limit)
    return [option["label"] for option in found]


def test_options_that_begin_with_the_text_come_first(engine: Engine, reader: Session) -> None:
    names = ["The Bean Bar", "Beans & Co", "beanstalk", "Carrot"]
    put(engine, Customer, [{"display_name": name} for name in names])
    assert set(offered(reader, "BEAN")[:2]) == {"Beans & Co", "beanstalk"}
    assert offered(reader, "BEAN")[2:] == ["The Bean Bar"]


def test_options_name_only_what_is_active(reader: Session, shop: Shop) -> None:
    assert len(offered(reader, "")) == 3
    assert offered(reader, "Carla") == []


def test_options_are_found_by_their_codes_and_show_what_tells_them_apart(
    reader: Session, shop: Shop
) -> None:
    assert lookups.options(reader, ORDERS, "customer_id", "a-1") == [
        {
            "id": shop["customers"][0],
            "label": "Ann's Bakery",
            "detail": "A-1",
            "more": "Ann@Bakery.example",
        }
    ]


def test_without_a_text_the_list_comes_in_its_own_order_and_is_short(
    reader: Session, shop: Shop
) -> None:
    found = lookups.options(reader, table("jobs"), "po_id", "", 1000)
    assert len(found) == 30
    assert found[0]["label"] in {"PO-009", "PO-019", "PO-029"}
    assert len(lookups.options(reader, table("jobs"), "po_id", "", 7)) == 7
    assert len(lookups.options(reader, table("jobs"), "po_id", "", 0)) == 1


def test_hostile_texts_offer_nothing_wrong(reader: Session, shop: Shop) -> None:
    for text in HOSTILE:
        assert all(isinstance(label, str) for label in offered(reader, text))
    assert offered(reader, "%") == ["Bob 100%_Cotton"]


@pytest.mark.parametrize("column", ["po_number", "nothing"])
def test_what_is_no_link_has_no_list(reader: Session, column: str) -> None:
    with pytest.raises(NotFound):
        lookups.options(reader, ORDERS, column)
    with pytest.raises(NotFound):
        naming.ids_of(reader, ORDERS, column, ["x"])


def test_every_link_column_of_every_table_has_its_list(reader: Session) -> None:
    for one in tables().values():
        for spec in one.columns:
            if spec.link:
                assert lookups.options(reader, one, spec.name, "x") == []
                assert lookups.options(reader, one, spec.name) == []
                found = naming.ids_of(reader, one, spec.name, ["x"])
                assert isinstance(found["x"], str)


def test_a_pasted_text_names_a_record_by_id_label_or_code(reader: Session, shop: Shop) -> None:
    ann, bob = shop["customers"][0], shop["customers"][2]
    texts = [str(ann), "Ann's Bakery", " ann's BAKERY ", "a-1", "ann@bakery.EXAMPLE", "B-2"]
    found = naming.ids_of(reader, ORDERS, "customer_id", texts)
    assert list(found.values()) == [ann, ann, ann, ann, ann, bob]
    product = naming.ids_of(reader, table("order_lines"), "product_id", ["ts-1"])
    assert product == {"ts-1": shop["products"][0]}


def test_what_names_nothing_or_too_much_is_refused_in_words(
    engine: Engine, reader: Session, shop: Shop
) -> None:
    put(engine, Customer, [{"display_name": "TWIN"}, {"display_name": "twin"}])
    put(engine, Customer, [{"display_name": name, "company_name": "Acme"} for name in "xy"])
    texts = ["Nobody", "Twin", "acme", "Carla", "", "01a1fca0-ba5f-7bfb-9224-26128a92a8f7"]
    found = naming.ids_of(reader, ORDERS, "customer_id", texts)
    assert "no customer Nobody" in str(found["Nobody"])
    assert "2 customers go by Twin" in str(found["Twin"])
    assert "2 customers go by acme" in str(found["acme"])
    assert "not active" in str(found["Carla"])
    assert "is needed" in str(found[""])
    assert "no customer" in str(found[texts[-1]])
    exact = naming.ids_of(reader, ORDERS, "customer_id", ["TWIN", "twin"])
    assert all(isinstance(key, UUID) for key in exact.values())
    assert exact["TWIN"] != exact["twin"]


def test_a_code_as_it_is_written_goes_before_a_name_in_other_letters(
    engine: Engine, reader: Session
) -> None:
    put(engine, Customer, [{"display_name": "acme"}])
    (coded,) = put(engine, Customer, [{"display_name": "Other", "company_name": "ACME"}])
    assert naming.ids_of(reader, ORDERS, "customer_id", ["ACME"]) == {"ACME": coded}


def test_letters_beyond_ascii_are_found_as_they_are(engine: Engine, reader: Session) -> None:
    (key,) = put(engine, Customer, [{"display_name": "Łódź Çay Évi"}])
    found = naming.ids_of(reader, ORDERS, "customer_id", ["Łódź Çay Évi"])
    assert found == {"Łódź Çay Évi": key}


def test_any_number_of_texts_is_one_query(engine: Engine, reader: Session, shop: Shop) -> None:
    with statements(engine) as sent:
        found = naming.ids_of(
            reader, table("jobs"), "po_id", [f"PO-{number:03d}" for number in range(501)]
        )
    assert len([text for text in sent if text.startswith("SELECT")]) == 1
    assert [isinstance(key, UUID) for key in found.values()] == [True] * 30 + [False] * 471
    assert found["PO-007"] == shop["orders"][7]


def test_hostile_texts_name_nothing(reader: Session, shop: Shop) -> None:
    found = naming.ids_of(reader, ORDERS, "customer_id", HOSTILE)
    assert set(found) == set(HOSTILE)
    assert all(isinstance(answer, str) for answer in found.values())


def test_the_model_of_orders_is_what_jobs_link_to() -> None:
    assert lookups.target_of(table("jobs"), "po_id").model is PurchaseOrder
