from lib.sales import faults, orders_of, report, totals


def test_the_orders_of_a_day_are_right():
    assert faults(orders_of("2026-01-31")) == []


def test_an_unknown_product_is_a_fault():
    assert faults([{"product": "shoes", "quantity": 1}]) == ["unknown product 'shoes'"]


def test_the_orders_of_a_product_are_added_up():
    orders = [{"product": "coffee", "quantity": 2}, {"product": "coffee", "quantity": 1}]
    assert totals(orders) == {"coffee": 13.5}


def test_the_report_begins_with_the_sum():
    assert report({"tea": 3.0, "cake": 5.2}).splitlines() == ["Sold for 8.20 EUR", "- cake: 5.20 EUR", "- tea: 3.00 EUR"]
