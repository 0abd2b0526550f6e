"""The codebook is data: every record of it is walked."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import watamachi_analysis as wm
from watamachi_analysis.bundled import resource_table
from watamachi_analysis.codebook import KINDS, STRENGTHS

ISSUES = [
    "elderly_isolation",
    "caregiving_dementia",
    "daily_life_support",
    "mobility_shopping",
    "poverty_employment",
    "housing_vacant",
    "food_agriculture",
    "health_medical",
    "mental_health",
    "childcare",
    "child_place_poverty",
    "school_youth",
    "young_carer",
    "disability",
    "hikikomori_8050",
    "multicultural",
    "rights_abuse",
    "community_ties",
    "places",
    "volunteers_successors",
    "information_consultation",
    "disaster",
    "safety_crime",
    "environment",
]
ROLES = {
    "not_without", "no_need", "revived", "petition", "irony", "doing", "undone", "trouble", "mitigated", "ask", "asks_what", "question", "request", "loss", "attitude", "lacking_wish", "wish", "activity", "offer",
    "state", "need", "resource", "hearsay", "conditional",
}  # fmt: skip
BOOK = wm.load_codebook()
ISSUE_ROWS = resource_table("codebook/issues.csv").to_dict("records")
TERMS = resource_table("codebook/terms.csv").to_dict("records")
CUES = resource_table("codebook/kinds.csv").to_dict("records")
SPELLINGS = resource_table("codebook/spellings.csv").to_dict("records")
CONFUSIONS = resource_table("codebook/confusions.csv").to_dict("records")


def fold(text: str) -> str:
    return BOOK.spellings.fold(text).text


def compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except re.error:
        return False
    return True


def repeated(keys: list) -> list:
    return sorted({key for key in keys if keys.count(key) > 1})


def test_there_are_exactly_the_24_issues():
    assert sorted(BOOK.issues.index) == sorted(ISSUES)
    assert len(ISSUES) == len(set(ISSUES)) == 24


def test_every_issue_says_what_it_is():
    blank = [
        (row["issue"], name)
        for row in ISSUE_ROWS
        for name in ("label", "group", "definition", "elsewhere")
        if row[name].strip() != row[name] or not row[name]
    ]
    assert blank == []


def test_labels_tell_issues_apart():
    assert len(set(BOOK.labels.values())) == 24


def test_sensitive_is_true_or_false():
    assert {row["sensitive"] for row in ISSUE_ROWS} == {"true", "false"}
    assert BOOK.issues["sensitive"].dtype == bool


@pytest.mark.parametrize("issue", ["rights_abuse", "mental_health", "disability", "young_carer"])
def test_what_can_hurt_a_person_is_sensitive(issue):
    assert bool(BOOK.issues.at[issue, "sensitive"])


def test_every_term_names_a_known_issue_except_the_neutral_ones():
    unknown = [
        (row["issue"], row["term"])
        for row in TERMS
        if row["issue"] not in ISSUES and not (row["strength"] == "neutral" and not row["issue"])
    ]
    assert unknown == []


def test_every_term_has_a_known_strength_and_form():
    assert [row for row in TERMS if row["strength"] not in STRENGTHS] == []
    assert [row for row in TERMS if row["form"] not in {"", "token", "regex"}] == []


def test_no_term_is_blank_or_carries_space_at_its_ends():
    assert [row for row in TERMS if row["term"].strip() != row["term"] or not row["term"]] == []


def test_every_regex_compiles_and_matches_something():
    patterns = [row["term"] for row in TERMS if row["form"] == "regex"]
    patterns += [row["pattern"] for row in CUES]
    assert [pattern for pattern in patterns if not compiles(pattern)] == []
    assert [pattern for pattern in patterns if re.search(pattern, "")] == []


def test_no_term_stands_twice_under_one_issue():
    assert repeated([(row["issue"], row["term"]) for row in TERMS]) == []


def test_no_two_terms_of_an_issue_fold_to_the_same_word():
    words = [(row["issue"], fold(row["term"])) for row in TERMS if row["form"] != "regex"]
    assert repeated(words) == []


def test_no_word_is_neutral_and_revealing_at_once():
    neutral = {fold(row["term"]) for row in TERMS if row["strength"] == "neutral"}
    assert [
        row for row in TERMS if row["strength"] != "neutral" and fold(row["term"]) in neutral
    ] == []


def test_company_is_a_list_of_words():
    words = [
        word
        for row in TERMS
        for name in ("with", "without")
        for word in row[name].split("|")
        if row[name]
    ]
    assert [word for word in words if not word.strip() or word.strip() != word] == []
    assert [word for word in words if re.search(r"[\\\[\](){}^$*+?]", word)] == []


def test_no_term_asks_for_and_forbids_the_same_company():
    both = [
        row["term"]
        for row in TERMS
        if {*row["with"].split("|")} & {*row["without"].split("|")} - {""}
    ]
    assert both == []


def test_every_issue_has_a_strong_term():
    strong = {row["issue"] for row in TERMS if row["strength"] == "strong"}
    assert sorted(strong) == sorted(ISSUES)


def test_every_cue_has_a_known_role():
    assert {row["role"] for row in CUES} <= ROLES
    assert list(BOOK.kinds) == list(dict.fromkeys(row["role"] for row in CUES))


def test_every_pattern_is_written_in_the_form_that_text_is_folded_to():
    patterns = [row["term"] for row in TERMS if row["form"] == "regex"]
    patterns += [row["pattern"] for row in CUES]
    assert [pattern for pattern in patterns if fold(pattern) != pattern] == []


def test_every_confusion_names_two_known_issues_and_a_rule():
    faulty = [
        row
        for row in CONFUSIONS
        if row["issue"] not in ISSUES
        or row["with"] not in ISSUES
        or row["issue"] == row["with"]
        or not row["rule"].strip()
    ]
    assert faulty == []


def test_the_kinds_are_the_eight_of_the_codebook():
    assert list(KINDS) == [
        "need", "request", "activity", "wish", "resource", "question", "mitigated", "other",
    ]  # fmt: skip


def test_no_spelling_is_folded_in_two_ways():
    assert repeated([row["from"] for row in SPELLINGS]) == []
    assert [row for row in SPELLINGS if not compiles(row["after"])] == []


def test_folding_a_folded_term_changes_nothing():
    written = [row["term"] for row in TERMS] + [
        row[name] for row in SPELLINGS for name in ("from", "to")
    ]
    assert [text for text in written if fold(fold(text)) != fold(text)] == []


PIECES = sorted({row[name] for row in SPELLINGS for name in ("from", "to")})
PIECES += ["の", "は", "る", "議員", "こ", "健康", "まり", "り", "組み", "し"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=5).map("".join))
def test_spellings_fold_once(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("障がい者", "障害者"),
        ("こども食堂", "子ども食堂"),
        ("子供", "子ども"),
        ("買物", "買い物"),
        ("ゴミ出し", "ごみ出し"),
        ("見守り", "見守り"),
        ("見守隊", "見守隊"),
        ("町会", "自治会"),
        ("町会議員", "町会議員"),
        ("取り組み", "取組"),
    ],
)
def test_spellings_come_to_one(written, folded):
    assert fold(written) == folded


def test_a_folded_spelling_leads_back_to_the_word_as_written():
    folded = BOOK.spellings.fold("ﾊﾞｽで買物")
    start = folded.text.index("買い物")
    assert folded.span(start, start + 3) == (4, 6)


@pytest.mark.parametrize(
    ("written", "issues"),
    [
        ("移動・買い物", ["mobility_shopping"]),
        ("移動・買い物、childcare", ["mobility_shopping", "childcare"]),
        ("移動・買い物，子育て・保育", ["mobility_shopping", "childcare"]),
        (" childcare / places ", ["childcare", "places"]),
        ("その他", []),
        ("", []),
    ],
)
def test_issues_are_read_by_label_and_by_id(written, issues):
    assert BOOK.issues_of(written) == issues


def test_every_label_is_read_back_as_its_issue():
    assert BOOK.issues_of("、".join(BOOK.labels.values())) == list(BOOK.labels)


def test_compounds_are_names_of_two_characters_and_more_in_their_folded_spelling():
    assert min(map(len, BOOK.compounds)) >= 2
    assert {"子ども食堂", "バス停", "民生委員"} <= set(BOOK.compounds)
    assert [word for word in BOOK.compounds if BOOK.spellings.fold(word).text != word] == []


def test_loading_twice_gives_the_same_codebook():
    assert wm.load_codebook() is BOOK
