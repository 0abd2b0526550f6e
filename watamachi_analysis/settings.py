"""Read what `watamachi.toml` says of a survey."""

from dataclasses import dataclass, field
from pathlib import Path

from .codes import HOME, prefecture_names
from .errors import InputError, Problem
from .privacy import Thresholds
from .read import read_toml

SETTINGS_FILE = "watamachi.toml"
SETTING_TYPES = {
    "name": str,
    "sample": bool,
    "scheme": str,
    "prefecture": str,
    "thresholds": dict,
    "plan_voices": bool,
}


@dataclass(frozen=True)
class Settings:
    """What `watamachi.toml` says of a survey.

    With `plan_voices`, what plans report of residents' voices counts with that of gatherings.
    """

    name: str = "わたまちプラン"
    sample: bool = False
    scheme: str = "municipality"
    prefecture: str = HOME
    plan_voices: bool = False
    thresholds: Thresholds = field(default_factory=Thresholds)


def read_settings(root: Path) -> Settings:
    """Return the settings of a survey folder; the defaults where it has none.

    Parameters
    ----------
    root
        The survey folder; its name is the survey's unless the settings give one.

    Raises
    ------
    InputError
        If a setting is unknown, of the wrong kind, or lower than may be.
    """
    path = root / SETTINGS_FILE
    if not path.exists():
        return Settings(name=root.resolve().name)
    given = read_toml(path)
    unknown = sorted(set(given) - set(SETTING_TYPES))
    if unknown:
        found = f"知らない設定があります（{'・'.join(unknown)}）"
        raise InputError(
            Problem(SETTINGS_FILE, "", found, f"使えるのは {'・'.join(sorted(SETTING_TYPES))} です")
        )
    wrong = [key for key, value in given.items() if not isinstance(value, SETTING_TYPES[key])]
    if wrong:
        found = f"設定「{'・'.join(wrong)}」の書き方が違います"
        raise InputError(Problem(SETTINGS_FILE, "", found, "見本の設定に合わせてください"))
    if given.get("prefecture", HOME) not in prefecture_names():
        found = f"都道府県の番号「{given['prefecture']}」はありません"
        mend = '"01"（北海道）から "47"（沖縄県）までの二けたにしてください'
        raise InputError(Problem(SETTINGS_FILE, "prefecture", found, mend))
    try:
        thresholds = Thresholds.raised(given.get("thresholds", {}))
    except ValueError as error:
        raise InputError(
            Problem(SETTINGS_FILE, "thresholds", str(error), "見本の設定に合わせてください")
        ) from error
    return Settings(
        name=given.get("name", root.resolve().name),
        sample=given.get("sample", False),
        scheme=given.get("scheme", "municipality"),
        prefecture=given.get("prefecture", HOME),
        plan_voices=given.get("plan_voices", False),
        thresholds=thresholds,
    )
