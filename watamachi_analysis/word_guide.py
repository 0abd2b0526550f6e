"""Say how to read the word book: its sheets, whose words they are, and what is sure."""

from collections.abc import Mapping, Sequence

import pandas as pd

from .captions import caution, japanese_date
from .crossings import TOGETHER
from .keywords import AT_LEAST, FALSE_ALARMS, NO_DIFFERENCE
from .publish import SAMPLE_MARK, Publication

CONTEXT, TELLING, TOGETHER_SHEET = "文脈", "特徴のあることば", "いっしょに出る課題"
BY_DISTRICT, BY_KIND, TEXTS, GUIDE = "課題×地区", "課題×集まりの種類", "原文", "説明"
ID = "発言の番号"
MOST_IDS = 20  # in one cell; the others are found in 原文
IDS_A_LINE = 3  # a number is not broken in two
UNSURE_WORDS = 5  # of each district, beside those that are sure
NO_DISTRICT = "地区の記録なし"
NO_TEXTS = "この版に載せてよい発言はありません（声がないのではありません）。"
NO_KIND = "この版の発言は、どの集まりで出たかを載せていないので、集まりの種類では数えられません。"

# Sheet → column → width in letters.
HEADS: dict[str, dict[str, int]] = {
    CONTEXT: {"探したことば": 16, "前のことば": 48, "ことば": 16, "後のことば": 48, "地区": 18, ID: 16},
    TELLING: {
        "地区": 18, "ことば": 16, "この地区（件）": 15, "この地区の発言（件）": 21,
        "ほかの地区（件）": 17, "ほかの地区の発言（件）": 23, "判定": 26, ID: 48,
    },
    TOGETHER_SHEET: {
        "課題": 36, "いっしょの課題": 36, "発言（件）": 12, "偶然なら（件）": 15, "何倍": 8,
        "判定": 26, ID: 48,
    },
    BY_DISTRICT: {
        "課題": 36, "地区": 20, "発言（件）": 12, "地区の発言（件）": 17, "割合（%）": 13,
        "幅の下（%）": 15, "幅の上（%）": 15, ID: 48,
    },
    BY_KIND: {
        "課題": 36, "集まりの種類": 20, "発言（件）": 12, "その種類の発言（件）": 21, "割合（%）": 13,
        "幅の下（%）": 15, "幅の上（%）": 15, ID: 48,
    },
    TEXTS: {ID: 16, "地区": 18, "集まりの種類": 18, "日付": 12, "発言": 70, "課題": 34, "種別": 18},
    GUIDE: {"項目": 30, "説明": 110},
}  # fmt: skip


def write_guide(
    shown: Publication, tables: Mapping[str, pd.DataFrame], words: Sequence[str]
) -> pd.DataFrame:
    """Return how to read the book.

    Parameters
    ----------
    shown
        The tables of one audience.
    tables
        The other sheets, as `word_tables` has them, before any says that it is empty.
    words
        What was looked for.

    Returns
    -------
    pandas.DataFrame
        The columns of `HEADS` for 説明.
    """
    found = tables[CONTEXT]
    rows = [(SAMPLE_MARK, "集まりの記録も声も、すべて架空のものです。")] * shown.settings.sample
    rows += [
        ("注意", caution(shown)),
        ("見る人", f"{shown.audience_label}。{_who_speaks(shown)}"),
        ("作成日", japanese_date(shown.built)),
        ("数え方", _how_counted(shown)),
        (
            "原文をたどる",
            f"どの行にも「{ID}」があり、「{TEXTS}」の同じ番号が元の発言です。一つの欄に{MOST_IDS}件まで。"
            f"残りは「{TEXTS}」を地区と課題でしぼると見つかります。",
        ),
    ]
    for word in words:
        own = found[found["探したことば"].eq(word)]
        many = (
            f"{own[ID].nunique()}件の発言に{len(own)}か所"
            if len(own)
            else f"「{TEXTS}」の発言のなかにありません"
        )
        rows.append((CONTEXT, f"「{word}」: {many}。"))
    rows.append(
        (
            CONTEXT,
            "文字の並びで探すので、長いことばの一部も見つかります（全角・半角、大文字・小文字の違いは見ません）。",
        )
    )
    return pd.DataFrame([*rows, *_readings(tables)], columns=list(HEADS[GUIDE]))


def _who_speaks(shown: Publication) -> str:
    number = len(shown.statements)
    if shown.audience == "adviser":
        return f"名前や連絡先を伏せた、すべての発言（{number}件）を見ています。"
    limits = shown.settings.thresholds
    why = (
        f"公開してよいと答えた発言のうち、数を示せるもの（{limits.gatherings}回以上の集まりで{limits.statements}件以上、"
        f"気をつける課題は{limits.sensitive}件以上出た声）"
    )
    return f"{why}を見ています（{number}件）。" if number else NO_TEXTS


def _how_counted(shown: Publication) -> str:
    whose = "すべての発言" if shown.audience == "adviser" else "載せてよい発言だけ"
    return (
        f"{whose}を、困りごと・要望などの種別に分けずに数えています。地図や一覧表（overlap.xlsx）の数とは合いません。"
        "数が少ないことは、声が少ないことではありません。"
    )


def _readings(tables: Mapping[str, pd.DataFrame]) -> list[tuple[str, str]]:
    """Return how to read each sheet, and whether anything on it is sure."""
    error = f"{FALSE_ALARMS:.0%}"
    return [
        (
            TELLING,
            f"{AT_LEAST}件以上の発言に出ることばを、地区とほかの地区とで比べました。{_sure_words(tables[TELLING])}「{NO_DIFFERENCE}」の行は、地区ごとに近いものから{UNSURE_WORDS}つまでで、発言を読む手がかりです。",
        ),
        (
            TOGETHER_SHEET,
            f"一つの発言のなかでいっしょに語られた課題の組です。{_sure_pairs(tables[TOGETHER_SHEET])}「偶然なら」は、課題どうしに関わりがないときの見込みの件数です。",
        ),
        (
            "判定",
            f"言えるとした判定のうち、まちがいが{error}までになるようにしています（フィッシャーの正確検定など。Benjamini–Hochberg の方法）。同じ集まりの発言は似やすく、そのぶん判定は甘くなります。原因を示すものではありません。",
        ),
        (
            f"{BY_DISTRICT}・{BY_KIND}",
            f"割合は、「{TEXTS}」の発言のうちその課題の発言の割合です。幅は、発言の少なさによる95%の幅（ウィルソンの方法）です。「{TEXTS}」に発言が一つもない組み合わせは、行がありません（声がないのではありません）。",
        ),
        *([] if "集まりの種類" in tables[TEXTS] else [(BY_KIND, NO_KIND)]),
        (
            "課題",
            "発言を節に分け、課題の辞書のことばと、例文に似ていることから読み取りました。読みまちがいもあります。",
        ),
    ]


def _sure_words(table: pd.DataFrame) -> str:
    sure = int(table["判定"].ne(NO_DIFFERENCE).sum())
    if table.empty:
        return "いまは、くらべられることばがありません。"
    if sure:
        return f"差があると言えることばは{sure}行です。"
    return f"いまは、どの地区のどのことばも「{NO_DIFFERENCE}」です。"


def _sure_pairs(table: pd.DataFrame) -> str:
    sure = int(table["判定"].eq(TOGETHER).sum())
    if table.empty:
        return "いまは、いっしょに語られた課題の組がありません。"
    if sure:
        return f"偶然より多いと言える組は{sure}組です。"
    return "いまは、偶然より多いと言える組はありません。"
