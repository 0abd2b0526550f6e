"""Draw the districts as a folium map that needs no network, and as tiles."""

import json
import re
from dataclasses import dataclass

import folium
import geopandas as gpd
import pandas as pd
from branca.element import Figure

from .boundaries import round_shapes
from .bundled import leaflet_text

# The pale base map of the Geospatial Information Authority; asked for at view time, only on request.
BASE_HOST = "https://cyberjapandata.gsi.go.jp"
BASE_TILES = f"{BASE_HOST}/xyz/pale/{{z}}/{{x}}/{{y}}.png"
BASE_CREDIT = "地理院タイル（淡色地図）国土地理院"
NAME = "watamachi"  # fixed, so that the same districts give the same bytes


@dataclass(frozen=True)
class MapParts:
    """The pieces of a map that a page is put together from.

    Attributes
    ----------
    css, js
        Leaflet itself.
    html, script
        The map's own element, and the lines that folium makes to fill it.
    map, layer
        The names of the JavaScript variables of the map and of its layer of districts.
    host
        Where pictures of a base map are asked from at view time; '' where no network is asked.
    """

    css: str
    js: str
    html: str
    script: str
    map: str
    layer: str
    host: str = ""


def draw_map(districts: pd.DataFrame, *, online: bool = False) -> MapParts | None:
    """Draw the boundaries of the districts, uncoloured; None where there are none.

    Parameters
    ----------
    districts
        As `load_districts` returns them.
    online
        Whether a base map lies below them, which the page asks the network for; its credit is
        always visible. Without network the districts show as ever.
    """
    if not isinstance(districts, gpd.GeoDataFrame):
        return None
    drawn = folium.Map(tiles=None, zoom_control=True, attribution_control=online)
    drawn._id = NAME
    drawn.default_js, drawn.default_css = [], []
    if online:
        base = folium.TileLayer(BASE_TILES, attr=BASE_CREDIT, name="淡色地図", control=False)
        base._id = NAME
        base.add_to(drawn)
    # smooth_factor 0: Leaflet must not thin the borders a second time, each district alone.
    layer = folium.GeoJson(_features(districts), name="地区", smooth_factor=0)
    layer._id = NAME
    layer.add_to(drawn)
    figure = Figure()
    figure.add_child(drawn)
    figure.render()  # lets folium fill the parts below
    return MapParts(
        css=re.sub(r"url\(images/[^)]*\)", "none", leaflet_text("leaflet.css")),
        js=re.sub(r"//# sourceMappingURL=.*", "", leaflet_text("leaflet.js")),
        html=figure.html.render(),
        script=figure.script.render(),
        map=drawn.get_name(),
        layer=layer.get_name(),
        host=BASE_HOST if online else "",
    )


def _features(districts: gpd.GeoDataFrame) -> dict[str, object]:
    rounded = round_shapes(districts)
    table = rounded[["geometry"]].assign(
        id=rounded["district"],
        name=rounded["name"],
        label=list(zip(rounded["label_lat"].round(5), rounded["label_lng"].round(5), strict=True)),
    )
    collection: dict[str, object] = json.loads(table.to_json(drop_id=True, separators=(",", ":")))
    return collection


def draw_locator(districts: pd.DataFrame, district: str) -> str:
    """Draw the tile map as a small SVG that shows where in the prefecture a district is.

    Parameters
    ----------
    districts
        With `row`, `col` and `name`.
    district
        The code of the one to fill.

    Returns
    -------
    str
        An `<svg>` element; '' where the district has no tile.
    """
    tiles = districts.dropna(subset=["row", "col"])
    if district not in set(tiles["district"]):
        return ""
    size = 14
    squares = [
        f'<rect x="{tile["col"] * size}" y="{tile["row"] * size}"'
        f' width="{size - 2}" height="{size - 2}"'
        f' fill="{"#1F2447" if tile["district"] == district else "#E9E2D3"}"/>'
        for tile in tiles.to_dict("records")
    ]
    width, height = (int(tiles["col"].max()) + 1) * size, (int(tiles["row"].max()) + 1) * size
    return (
        f'<svg class="locator" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        f' aria-label="県内での位置">{"".join(squares)}</svg>'
    )
