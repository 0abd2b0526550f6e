"""Neighbours share a border, or are near by what is known of their places."""

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from watamachi_analysis.neighbours import locate_districts, measure_km, neighbours_of


def pairs(districts):
    found = neighbours_of(districts)
    return set(zip(found["district"], found["neighbour"], strict=True)), set(found["basis"])


def squares(corners, size=1000):
    shapes = [box(x, y, x + size, y + size) for x, y in corners]
    table = gpd.GeoDataFrame({"district": list("abcd")[: len(corners)]}, geometry=shapes, crs=6677)
    return table.to_crs(6668)


def test_with_boundaries_a_shared_side_counts_and_a_corner_does_not():
    found, basis = pairs(squares([(0, 0), (1000, 0), (1000, 1000), (5000, 5000)]))
    assert found == {("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")}
    assert basis == {"border"}


def test_borders_that_were_drawn_a_little_apart_still_meet():
    assert pairs(squares([(0, 0), (1005, 0)]))[0] == {("a", "b"), ("b", "a")}
    assert pairs(squares([(0, 0), (1100, 0)]))[0] == set()


def test_without_boundaries_offices_with_none_between_are_near():
    table = pd.DataFrame({"district": list("abc"), "lat": 36.0, "lng": [139.0, 139.1, 139.2]})
    assert pairs(table) == ({("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")}, {"office"})


def test_without_offices_tiles_with_a_common_side_are_near():
    table = pd.DataFrame({"district": list("abc"), "row": [0, 0, 1], "col": [0, 1, 2]})
    table = table.assign(lat=pd.NA, lng=pd.NA)
    assert pairs(table) == ({("a", "b"), ("b", "a")}, {"tile"})


def test_a_table_without_any_place_has_no_neighbours():
    assert neighbours_of(pd.DataFrame({"district": ["a", "b"]})).empty


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=9, unique=True)
)
def test_being_a_neighbour_goes_both_ways_and_never_to_oneself(spots):
    table = pd.DataFrame(spots, columns=["lat", "lng"], dtype=float) / 10 + [35.5, 139.0]
    table["district"] = [f"d{number}" for number in range(len(table))]
    found, _ = pairs(table)
    assert {(b, a) for a, b in found} == found
    assert all(a != b for a, b in found)
    assert len(table) == 1 or {a for a, _ in found} == set(table["district"])


def test_a_degree_of_latitude_is_111_kilometres():
    start, end = (
        pd.DataFrame({"lat": [35.0], "lng": [139.0]}),
        pd.DataFrame({"lat": [36.0], "lng": [139.0]}),
    )
    assert measure_km(start, end).iloc[0] == pytest.approx(111.2, abs=0.1)


def test_an_unknown_office_is_the_middle_of_the_shape_where_there_is_one():
    table = pd.DataFrame(
        {
            "district": ["a", "b"],
            "lat": [36.0, None],
            "lng": [139.0, None],
            "label_lat": [1.0, 35.5],
            "label_lng": [1.0, 139.5],
        }
    )
    assert locate_districts(table).loc["a"].tolist() == [36.0, 139.0]
    assert locate_districts(table).loc["b"].tolist() == [35.5, 139.5]
