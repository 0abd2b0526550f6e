"""Tags carry their evidence; the rules are shown on made-up codebooks of a few words."""

import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import watamachi_analysis as wm
from watamachi_analysis.codebook import Codebook, Spellings, Term
from watamachi_analysis.kinds import kinds_of
from watamachi_analysis.tagging import MENTION_COLUMNS

NO_SPELLINGS = Spellings(re.compile("(?!)"), {})
SHOP = Spellings(re.compile("買物"), {"買物": "買い物"})
KINDS = {
    "request": re.compile("てほしい"),
    "wish": re.compile("参加したい"),
    "need": re.compile("困|ない"),
}


def term(issue, strength="strong", with_=(), without=()):
    return Term(issue, strength, with_, without)


def book(words, *, tokens=(), patterns=(), kinds=KINDS, spellings=NO_SPELLINGS):
    """Build a codebook of a few words: word → strength and issue, or terms."""
    terms = {
        word: (term(*given.split()[::-1]),) if isinstance(given, str) else tuple(given)
        for word, given in words.items()
    }
    found = tuple((re.compile(pattern), known) for pattern, known in patterns)
    issues = pd.DataFrame({"label": []}, index=pd.Index([], name="issue"))
    return Codebook(issues, terms, frozenset(tokens), found, kinds, spellings)


def issues_in(text, codebook):
    return sorted(wm.tag(pd.Series([text]), codebook)["issue"].dropna().unique())


def terms_in(text, codebook):
    return wm.tag(pd.Series([text]), codebook)["term"].tolist()


def test_every_mention_of_the_sample_shows_its_words_in_place(analysis):
    texts = analysis.survey.statements.set_index("statement_id")["text"]
    named = analysis.mentions.dropna(subset=["issue"])
    shown = [texts[row.text_id][row.start : row.end] for row in named.itertuples(index=False)]
    assert shown == named["term"].tolist()
    assert (named["end"] > named["start"]).all()


def test_every_statement_of_the_sample_is_in_the_mentions(analysis):
    assert set(analysis.mentions["text_id"]) == set(analysis.survey.statements["statement_id"])


def test_no_statement_of_the_sample_has_more_than_three_issues(analysis):
    assert analysis.mentions.groupby("text_id")["issue"].nunique().max() <= 3


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "ﾊﾞｽ",
                "バ―ス",
                "買物",
                "ＤＶ",
                "か\u3099",
                "　",
                "困る",
                "たいが",
                "。",
                "公園",
                "𠮟",
                "\ud83d",
                "Ⅲ",
            ]
        ),
        max_size=10,
    ).map("".join)
)
def test_the_evidence_is_the_text_itself(text):
    codebook = book(
        {
            "バス": "strong a",
            "買い物": "strong b",
            "dv": "strong c",
            "公園": "strong d",
            "が": "strong e",
        },
        spellings=SHOP,
    )
    named = wm.tag(pd.Series([text]), codebook).dropna(subset=["issue"])
    assert [text[row.start : row.end] for row in named.itertuples()] == named["term"].tolist()
    assert (named["end"] > named["start"]).all()


@settings(max_examples=150, deadline=None)
@given(st.text(st.characters(exclude_categories=[]), max_size=20))
def test_any_text_can_be_tagged_and_keeps_a_row_for_each_clause(text):
    mentions = wm.tag(pd.Series([text]))
    assert mentions["clause"].unique().tolist() == list(range(mentions["clause"].max() + 1))


@pytest.mark.parametrize(
    ("text", "issues"),
    [("子ども食堂", ["meal"]), ("食堂", ["dining"]), ("子ども食堂と食堂", ["dining", "meal"])],
)
def test_the_longest_match_wins(text, issues):
    assert issues_in(text, book({"食堂": "strong dining", "子ども食堂": "strong meal"})) == issues


def test_words_that_overlap_without_one_holding_the_other_both_count():
    codebook = book({"空き家": "strong house", "家賃": "strong rent"})
    assert issues_in("空き家賃", codebook) == ["house", "rent"]


def test_a_word_of_two_issues_tags_both():
    codebook = book({"送迎": [term("mobility"), term("childcare")]})
    assert issues_in("送迎がない", codebook) == ["childcare", "mobility"]


def test_a_neutral_word_hides_what_it_holds_and_tags_nothing():
    codebook = book({"環境": "strong environment", "家庭環境": [term("", "neutral")]})
    assert issues_in("家庭環境", codebook) == []
    assert issues_in("家庭環境と環境", codebook) == ["environment"]


def test_a_neutral_wording_hides_what_it_holds():
    codebook = book({"8050": "strong hikikomori"}, patterns=[("8050(円|人)", term("", "neutral"))])
    assert issues_in("8050円", codebook) == []
    assert issues_in("8050世帯", codebook) == ["hikikomori"]


def test_a_wording_neither_hides_words_nor_is_hidden():
    codebook = book({"バス": "strong mobility"}, patterns=[("バスが.{0,3}ない", term("isolation"))])
    assert issues_in("バスが全然ない", codebook) == ["isolation", "mobility"]


@pytest.mark.parametrize(
    ("text", "issues"),
    [
        ("足", []),
        ("足と足", []),
        ("足と遠い", ["mobility"]),
        ("足と坂道", ["mobility"]),
        ("足とバス停", ["mobility"]),
        ("足と道ばた", []),
    ],
)
def test_a_weak_term_needs_company_of_its_own_issue(text, issues):
    words = {
        "足": "weak mobility",
        "坂道": "weak mobility",
        "遠い": "cue mobility",
        "バス停": "strong mobility",
        "道ばた": "cue environment",
    }
    assert issues_in(text, book(words)) == issues


@pytest.mark.parametrize("text", ["遠い", "遠いし高い", "遠い。高い。遠い"])
def test_cues_alone_tag_nothing(text):
    assert issues_in(text, book({"遠い": "cue mobility", "高い": "cue mobility"})) == []


def test_a_cue_is_not_shown_as_evidence():
    codebook = book({"遠い": "cue mobility", "足": "weak mobility"})
    assert terms_in("遠いので足", codebook) == ["足"]


@pytest.mark.parametrize(
    ("text", "issues"),
    [
        ("孤立する", ["isolation"]),
        ("育児で孤立する", []),
        ("育児がある。孤立する", ["isolation"]),
        ("孤立する人の育児", []),
    ],
)
def test_company_named_in_without_blocks_within_its_clause(text, issues):
    assert issues_in(text, book({"孤立": [term("isolation", without=("育児",))]})) == issues


@pytest.mark.parametrize(
    ("text", "issues"), [("送迎", []), ("通院の送迎", ["mobility"]), ("通院する。送迎", [])]
)
def test_company_named_in_with_is_asked_for_within_the_clause(text, issues):
    assert issues_in(text, book({"送迎": [term("mobility", with_=("通院",))]})) == issues


@pytest.mark.parametrize(
    ("text", "issues"),
    [
        ("バスがない", ["mobility"]),
        ("バスタオルがない", []),
        ("マイクロバスがない", []),
        ("路線バスがない", ["mobility"]),
        ("ﾊﾞｽがない", ["mobility"]),
        ("onlineで話す", []),
        ("LINEで話す", ["information"]),
        ("ＬＩＮＥで話す", ["information"]),
        ("DVの相談", ["rights"]),
        ("DVDを見る", []),
        ("2DV", []),
        ("畑がある", ["food"]),
        ("田畑がある", []),
        ("畑仕事がある", []),
    ],
)
def test_a_token_never_stands_inside_a_longer_word(text, issues):
    words = {
        "バス": "strong mobility",
        "line": "strong information",
        "dv": "strong rights",
        "畑": "strong food",
    }
    assert issues_in(text, book(words, tokens=words)) == issues


@pytest.mark.parametrize(
    ("text", "issues"),
    [
        ("バスがない", ["mobility_shopping"]),
        ("バスタオルがない", []),
        ("onlineで話す", []),
        ("DVDを見る", []),
        ("ＤＶで逃げる", ["rights_abuse"]),
    ],
)
def test_the_bundled_tokens_never_stand_inside_a_longer_word(text, issues):
    assert issues_in(text, wm.load_codebook()) == issues


def test_a_text_keeps_the_three_issues_with_most_evidence():
    words = {"い": "strong a", "ろろ": "strong b", "ははは": "strong c", "にににに": "strong d"}
    codebook = book(words)
    assert issues_in("い、ろろ、ははは、にににに", codebook) == ["b", "c", "d"]
    assert issues_in("い、い、ろろ、ははは、にににに", codebook) == ["a", "c", "d"]


def test_one_clause_names_an_issue_once_by_its_longest_strong_word():
    codebook = book(
        {"バス": "strong mobility", "バス停": "strong mobility", "遠出する": "weak mobility"}
    )
    assert terms_in("バスとバス停へ遠出する", codebook) == ["バス停"]


def test_an_issue_named_in_two_clauses_has_a_row_in_each():
    mentions = wm.tag(pd.Series(["バスがない。バスは困る"]), book({"バス": "strong mobility"}))
    assert mentions[["clause", "start", "end"]].values.tolist() == [[0, 0, 2], [1, 6, 8]]


def test_a_clause_without_an_issue_keeps_one_row():
    mentions = wm.tag(pd.Series({7: "とても困る。バスがない"}), book({"バス": "strong mobility"}))
    rows = mentions.fillna({"issue": "", "start": -1, "end": -1, "certainty": -1})
    assert rows[MENTION_COLUMNS].values.tolist() == [
        [7, 0, "", "need", "", -1, -1, "困", "plain", "rule", -1],
        [7, 1, "mobility", "need", "バス", 6, 8, "ない", "plain", "rule", 1],
    ]


def test_a_text_with_nothing_to_tell_keeps_one_row():
    mentions = wm.tag(pd.Series([""]), book({}))
    assert mentions["kind"].tolist() == ["other"]
    assert mentions["issue"].isna().all()


def test_no_text_gives_an_empty_table_with_all_columns():
    assert wm.tag(pd.Series([], dtype=str), book({})).columns.tolist() == MENTION_COLUMNS


@pytest.mark.parametrize(
    ("text", "hint", "kinds"),
    [
        ("バス", "resource", ["resource"]),
        ("バス", None, ["need"]),
        ("バスが困る", "resource", ["need"]),
        ("バス。困る", "resource", ["resource", "need"]),
    ],
)
def test_a_heading_lends_its_kind_only_to_clauses_without_one(text, hint, kinds):
    hints = pd.Series([hint], dtype=object)
    mentions = wm.tag(pd.Series([text]), book({"バス": "strong mobility"}), hints=hints)
    assert mentions["kind"].tolist() == kinds


def test_a_missing_hint_is_no_hint():
    hints = pd.Series([pd.NA, float("nan")], dtype=object)
    assert (
        wm.tag(pd.Series(["バス", "道"]), book({}), hints=hints)["kind"].tolist() == ["other"] * 2
    )


def test_the_texts_given_are_left_as_they_are():
    texts = pd.Series({"b": "買物に困る", "a": "ﾊﾞｽ"}, name="text")
    before = texts.copy()
    wm.tag(texts, hints=pd.Series(["need", None], index=texts.index))
    pd.testing.assert_series_equal(texts, before)


@pytest.mark.parametrize("index", [["s-2", "s-1"], [7, 3], [("a", 1), ("b", 2)]])
def test_the_index_is_carried_as_text_id(index):
    texts = pd.Series(["バスがない。困る", "道"], index=pd.Index(index, tupleize_cols=False))
    mentions = wm.tag(texts, book({"バス": "strong mobility"}))
    assert mentions["text_id"].tolist() == [index[0], index[0], index[1]]


def test_hints_go_to_texts_by_position_when_ids_repeat():
    texts = pd.Series(["バス", "道"], index=["s", "s"])
    hints = pd.Series(["need", "resource"], index=["s", "s"])
    assert wm.tag(texts, book({}), hints=hints)["kind"].tolist() == ["need", "resource"]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("参加したいが時間が合わない", ["wish", "need"]),
        ("参加したいけど、時間が合わない", ["wish", "need"]),
        ("バスを増やしてほしい", ["request"]),
        ("迎えに行ってあげたい", ["wish"]),
        ("縁をつないであげたい", ["wish"]),
        ("人手は足りている", ["mitigated"]),
        ("人手が足りていない", ["need"]),
        ("人手が足りない", ["need"]),
        ("買い物には困っていない", ["mitigated"]),
        ("買い物に困っています", ["need"]),
        ("毎週体操をしている", ["activity"]),
        ("食堂を手伝いたい", ["wish"]),
        ("どこに相談したらいいですか", ["question"]),
        ("どこに頼めば直してもらえますか", ["question"]),
        ("道を直してもらえますか", ["request"]),
        ("バスがなくなった", ["need"]),
        ("公民館が空いています", ["resource"]),
        ("夕焼けと坂の町", ["other"]),
    ],
)
def test_plain_sentences_show_their_kinds(text, kinds):
    assert wm.tag(pd.Series([text]))["kind"].drop_duplicates().tolist() == kinds


@pytest.mark.parametrize(
    ("text", "manner"),
    [
        ("配食の会が回ってくれているらしい", "hearsay"),
        ("となり町では乗合バスを始めたそうだ", "hearsay"),
        ("雨で川があふれそうだ", "plain"),
        ("子どもらしい遊びができる場所がない", "plain"),
        ("車に乗れなくなったら買い物に困る", "conditional"),
        ("将来ひとりになるのが不安", "conditional"),
        ("将来は食堂を手伝いたい", "plain"),
        ("買い物に困っている", "plain"),
    ],
)
def test_hearsay_and_worries_are_told_from_what_is_so(text, manner):
    assert wm.tag(pd.Series([text]))["manner"].tolist() == [manner]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("サロンは月1回あるが遠い", {"activity", "need"}),
        ("体操の会は毎週やっているけど、坂の上で行けない", {"activity", "need"}),
        ("手伝いたいけど、時間が合わない", {"wish", "need"}),
    ],
)
def test_what_is_set_against_something_is_said_as_well(text, kinds):
    assert set(wm.tag(pd.Series([text]))["kind"]) == kinds


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("夜に頼れる人もいなくて心細い", "頼れる人もいなく"),
        ("月末は食べ物がなかった", "食べ物がなかっ"),
    ],
)
def test_a_word_is_found_in_whatever_form_it_stands(text, word):
    found = wm.explain(text)
    assert word in set(found.loc[found["verdict"].eq("数えた"), "term"])


def test_who_asks_and_offers_at_once_does_both():
    found = kinds_of("教えてほしいし参加したい", book({}))
    assert found == (("request", "てほしい"), ("wish", "参加したい"))


def test_the_cue_is_the_words_that_show_the_kind():
    codebook = book({"バス": "strong mobility"})
    assert wm.tag(pd.Series(["バスを増やしてほしい"]), codebook)["cue"].tolist() == ["てほしい"]


@pytest.mark.parametrize(
    ("text", "issue", "term_"),
    [
        ("買物に行く足がなくて困る", "mobility_shopping", "買物"),
        ("こども食堂を手伝いたい", "child_place_poverty", "こども食堂"),
        ("認知症の母を一人で看ている", "caregiving_dementia", "認知症"),
        ("ﾊﾞｽ停が遠い", "mobility_shopping", "ﾊﾞｽ停"),
    ],
)
def test_plain_sentences_show_their_issue(text, issue, term_):
    mentions = wm.tag(pd.Series([text]))
    proofs = mentions.loc[mentions["issue"] == issue, "term"]
    assert proofs.str.contains(term_, regex=False).any()


def test_tagging_twice_gives_the_same_mentions(survey):
    texts = survey.statements.set_index("statement_id")["text"].head(100)
    pd.testing.assert_frame_equal(wm.tag(texts), wm.tag(texts))


def test_a_text_is_tagged_alone_as_it_is_among_others(survey):
    texts = survey.statements.set_index("statement_id")["text"].iloc[40:60]
    alone = pd.concat([wm.tag(texts.iloc[[i]]) for i in range(len(texts))], ignore_index=True)
    found = [
        mentions.fillna({"issue": "", "start": -1, "end": -1, "certainty": -1})
        for mentions in (wm.tag(texts), alone)
    ]
    assert found[0].values.tolist() == found[1].values.tolist()


def test_the_types_of_the_columns_do_not_depend_on_what_is_found():
    codebook = book({"バス": "strong mobility"})
    types = [wm.tag(pd.Series([text]), codebook).dtypes for text in ("バスがない", "道")]
    pd.testing.assert_series_equal(*types)
