"""Give the tables, texts and arrays that ship with the package."""

import io
from importlib import resources

import numpy as np
import pandas as pd


def resource_text(name: str) -> str:
    """Return a text file that ships with the package, by its path below `resources/`."""
    return resources.files(__package__).joinpath("resources", name).read_text(encoding="utf-8")


def resource_table(name: str) -> pd.DataFrame:
    """Return a CSV file that ships with the package, every cell a string, blank as ''."""
    return pd.read_csv(io.StringIO(resource_text(name)), dtype=str, keep_default_na=False)


def resource_arrays(name: str) -> dict[str, np.ndarray]:
    """Return the arrays of an `.npz` file that ships with the package; objects are refused."""
    packed = resources.files(__package__).joinpath("resources", name).read_bytes()
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        return dict(arrays)


def leaflet_text(name: str) -> str:
    """Return a file of Leaflet, from the wheel that carries it: no network is asked."""
    folder = resources.files("xstatic.pkg.leaflet").joinpath("data")
    return folder.joinpath(name).read_text(encoding="utf-8")


def plotly_text() -> str:
    """Return plotly.js (4.8 MB), from the wheel that carries it: no network is asked."""
    file = resources.files("plotly").joinpath("package_data", "plotly.min.js")
    return file.read_text(encoding="utf-8")
