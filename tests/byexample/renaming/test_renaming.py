"""One or two new names show how all columns are to be named."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.base.errors import UserError
from workbench.byexample.renaming import rename

MIXED = ["CustomerName", "OrderID", "unitPrice", "Ship Date"]
SNAKE = ["customer_name", "order_id", "unit_price", "ship_date"]


@pytest.mark.parametrize(
    ("columns", "examples", "expected"),
    [
        (MIXED, {"CustomerName": "customer_name"}, SNAKE),
        (MIXED, {"CustomerName": "customer-name"}, ["customer-name", "order-id", "unit-price", "ship-date"]),
        (MIXED, {"CustomerName": "Customer Name"}, ["Customer Name", "Order ID", "Unit Price", "Ship Date"]),
        (MIXED, {"CustomerName": "CUSTOMER_NAME"}, ["CUSTOMER_NAME", "ORDER_ID", "UNIT_PRICE", "SHIP_DATE"]),
        (MIXED, {"CustomerName": "customerName"}, ["customerName", "orderID", "unitPrice", "shipDate"]),
        (SNAKE, {"customer_name": "CustomerName"}, ["CustomerName", "OrderId", "UnitPrice", "ShipDate"]),
        (SNAKE, {"customer_name": "customerName"}, ["customerName", "orderId", "unitPrice", "shipDate"]),
        (SNAKE, {"customer_name": "Customer Name"}, ["Customer Name", "Order Id", "Unit Price", "Ship Date"]),
        (SNAKE, {"order_id": "Order ID"}, ["Customer Name", "Order ID", "Unit Price", "Ship Date"]),
        (SNAKE, {"customer_name": "Customer name"}, ["Customer name", "Order id", "Unit price", "Ship date"]),
        (SNAKE, {"customer_name": "customer name"}, ["customer name", "order id", "unit price", "ship date"]),
        (["PRICE_EUR", "PRICE_USD", "TOTAL"], {"PRICE_EUR": "Price EUR"}, ["Price EUR", "Price USD", "Total"]),
        (["HTTPStatus", "userID", "createdAt", "parsedURLs"], {"HTTPStatus": "http_status"},
         ["http_status", "user_id", "created_at", "parsed_urls"]),
        (["sepal.length", "sepal.width", "species"], {"sepal.length": "sepal_length"}, ["sepal_length", "sepal_width", "species"]),
        (["First Name", "Zip"], {"First Name": "first name"}, ["first name", "zip"]),
        (["tbl_orders", "tbl_customers"], {"tbl_orders": "orders"}, ["orders", "customers"]),
        (["orders_2021", "costs_2021"], {"orders_2021": "orders"}, ["orders", "costs"]),
        (["raw_OrderId", "raw_CustomerName"], {"raw_OrderId": "order_id"}, ["order_id", "customer_name"]),
        (["tOrders", "tCustomers"], {"tOrders": "Orders"}, ["Orders", "Customers"]),
        (["a", "b", "c"], {"a": "src_a"}, ["src_a", "src_b", "src_c"]),
        (["price", "cost"], {"price": "price (EUR)"}, ["price (EUR)", "cost (EUR)"]),
        (["Price", "Unit Cost"], {"Unit Cost": "x_unit_cost"}, ["x_price", "x_unit_cost"]),
        (["old_a", "old_b"], {"old_a": "new_a"}, ["new_a", "new_b"]),
        (["Height (cm)", "Weight (kg)"], {"Height (cm)": "Height"}, ["Height", "Weight"]),
        (["Height (cm)", "Weight (kg)"], {"Height (cm)": "height_cm"}, ["height_cm", "weight_kg"]),
        (["Height [cm]", "Weight [kg]"], {"Height [cm]": "height"}, ["height", "weight"]),
        (["weight_kg", "height_cm", "speed_kmh"], {"weight_kg": "weight"}, ["weight", "height", "speed"]),
        (["col1", "col2", "col10"], {"col1": "col01"}, ["col01", "col02", "col10"]),
        (["item001", "item014"], {"item001": "item1"}, ["item1", "item14"]),
        (["item1", "item2"], {"item1": "item_1"}, ["item_1", "item_2"]),
        (["1. Name", "2. Age", "3. Home town"], {"1. Name": "Name"}, ["Name", "Age", "Home town"]),
        (["sales.customer.name", "sales.order.id"], {"sales.customer.name": "name"}, ["name", "id"]),
        (["Q1 Do you smoke?", "Q2 How old are you?"], {"Q1 Do you smoke?": "Q1"}, ["Q1", "Q2"]),
        (["qty_sold", "qty_left"], {"qty_sold": "quantity_sold"}, ["quantity_sold", "quantity_left"]),
        (["qty_sold", "amt_due", "qty_due"], {"qty_sold": "quantity_sold", "amt_due": "amount_due"},
         ["quantity_sold", "amount_due", "quantity_due"]),
        (["name_first", "name_last"], {"name_first": "first_name"}, ["first_name", "last_name"]),
        (["Straße", "Größe", "Übung"], {"Größe": "groesse"}, ["strasse", "groesse", "uebung"]),
        (["prénom", "âge", "métier"], {"prénom": "prenom"}, ["prenom", "age", "metier"]),
        (["Net Sales", "Cost of Goods"], {"Net Sales": "NetSales"}, ["NetSales", "CostOfGoods"]),
        (["X.1", "X.2", "X.10"], {"X.1": "x_01"}, ["x_01", "x_02", "x_10"]),
        (["2019 [YR2019]", "2020 [YR2020]"], {"2019 [YR2019]": "2019"}, ["2019", "2020"]),
        (["strName", "intAge"], {"strName": "name"}, ["name", "age"]),
        (["q1", "q2"], {"q1": "Question 1"}, ["Question 1", "Question 2"]),
        (["Имя клиента", "Дата заказа"], {"Имя клиента": "имя_клиента"}, ["имя_клиента", "дата_заказа"]),
    ],
)  # fmt: skip
def test_that_all_columns_follow_the_example(columns: list[str], examples: dict[str, str], expected: list[str]) -> None:
    found = rename(columns, examples)
    assert list(found.names) == expected
    assert found.kept == ()
    assert found.explain().endswith(".")


def test_that_columns_which_the_rule_does_not_fit_stay_and_are_listed() -> None:
    found = rename(["Height (cm)", "Weight (kg)", "Name"], {"Height (cm)": "Height"})
    assert found.names == ("Height", "Weight", "Name")
    assert found.kept == ("Name",)
    assert found.changed == ("Height (cm)", "Weight (kg)")
    assert found.explain() == "Names are written without what stands in brackets; Name stays, as the rule does not fit."
    replaced = rename(["old_a", "old_b", "Total"], {"old_a": "new_a"})
    assert (replaced.names, replaced.kept) == (("new_a", "new_b", "Total"), ("Total",))


def test_that_a_name_is_given_once() -> None:
    found = rename(["A b", "a_b", "aB", "x"], {"A b": "ab"})
    assert found.names == ("ab", "ab2", "ab3", "x")
    assert found.clashes == ("a_b", "aB")
    assert set(found.clashes) <= set(found.doubtful)
    assert "a_b and aB get a number, as the name is taken" in found.explain()
    assert rename(["Unit Price", "unit_price"], {"Unit Price": "unit price"}).names == ("unit price", "unit_price")


def test_that_other_readings_are_told() -> None:
    found = rename(["Straße", "Größe", "Ort"], {"Straße": "strasse"})
    assert found.names == ("strasse", "grosse", "ort")
    assert found.doubtful == ("Größe",)
    assert [other.names for other in found.alternatives] == [("strasse", "groesse", "ort")]


def test_that_one_odd_example_does_not_spoil_the_rule() -> None:
    found = rename([*MIXED, "x1"], {"CustomerName": "customer_name", "OrderID": "order_id", "x1": "weight of the parcel"})
    assert found.names == (*SNAKE, "weight of the parcel")


def test_that_without_a_rule_only_the_examples_are_renamed() -> None:
    found = rename(["x", "y"], {"x": "banana"})
    assert (found.names, found.rule, found.kept) == (("banana", "y"), None, ("y",))
    assert found.explain() == "No rule gives these names, so only the columns of the examples are renamed."


def test_that_what_the_name_holds_is_no_constant() -> None:
    assert rename(["jan_sales", "feb_sales"], {"jan_sales": "sales (jan)"}).rule is None
    assert rename(["longitude_deg", "latitude_deg"], {"longitude_deg": "lon"}).rule is None


def test_that_a_given_name_displaces_a_column() -> None:
    assert rename(["x", "banana"], {"x": "banana"}).names == ("banana", "banana_2")


@pytest.mark.parametrize(
    ("columns", "examples", "message"),
    [
        (["a"], {}, "at least one example"),
        (["a"], {"b": "c"}, "There is no column b."),
        (["a"], {"a": " "}, "The new name of a is empty."),
        (["a", "a"], {"a": "b"}, "two columns of the name a"),
        (["a", "b"], {"a": "c", "b": "c"}, "both get the name c"),
    ],
)
def test_that_wrong_input_gives_a_sentence(columns: list[str], examples: dict[str, str], message: str) -> None:
    with pytest.raises(UserError, match=message):
        rename(columns, examples)


def test_that_many_and_long_names_are_quick() -> None:
    columns = [f"Measured Value {number} (kg)" for number in range(2000)]
    assert rename(columns, {columns[0]: "measured_value_0"}).names[1999] == "measured_value_1999"
    long = [f"{'word ' * 2000}{number}" for number in range(50)]
    assert rename(["a1 (b)", *long], {"a1 (b)": "A_01"}).kept == tuple(long)
    assert rename(["x" * 10_000, "b"], {"x" * 10_000: "c"}).names == ("c", "b")


NAMES = st.text(alphabet=st.sampled_from("abAB1 _-.()é"), min_size=1, max_size=12)


@settings(max_examples=30, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=6, unique=True), NAMES.filter(str.strip))
def test_that_names_are_as_many_and_all_different(columns: list[str], new: str) -> None:
    found = rename(columns, {columns[0]: new})
    assert found.names[0] == new
    assert len(found.names) == len(columns)
    assert all(name.strip() or name == old for name, old in zip(found.names, columns, strict=True))
    assert len(set(found.names)) == len(columns)
    assert rename(columns, {columns[0]: new}) == found
