"""Partners are who works on an issue here and next door, and what the same groups do elsewhere."""

from dataclasses import replace

import pandas as pd
import pytest

import watamachi_analysis as wm

ISSUE, OTHER = "mobility_shopping", "places"
TOKOROZAWA, SAYAMA, KUMAGAYA = "11208", "11215", "11202"  # next to one another; far away


@pytest.fixture(scope="module")
def shown(analysis):
    return wm.publish(analysis, "member")


def listing(shown, *rows):
    """A publication whose list holds rows of id, operator, district, issue."""
    one = shown.activities.head(1)
    table = pd.concat([one] * len(rows), ignore_index=True)
    keys, operators, districts, issues = zip(*rows, strict=True)
    table = table.assign(
        activity_id=keys, name=[f"活動{key}" for key in keys], operator=operators,
        district=districts, schedule="週1回", last_checked=pd.Timestamp("2026-05-01"),
        lat=float("nan"), lng=float("nan"),
    )  # fmt: skip
    about = pd.DataFrame({"activity_id": keys, "issue": issues, "district": districts})
    return replace(shown, activities=table, activity_issues=about)


def test_here_comes_before_next_door_and_strangers_far_away_are_left_out(shown):
    tiny = listing(
        shown,
        ("far", "NPO法人みどり", KUMAGAYA, ISSUE),
        ("next", "買い物の会", SAYAMA, ISSUE),
        ("here", "送迎の会", TOKOROZAWA, ISSUE),
    )
    found = wm.find_partners(tiny, ISSUE, TOKOROZAWA)
    assert list(found["activity_id"]) == ["here", "next"]
    assert list(found["where"]) == ["here", "next"]
    assert found["why"].iloc[0] == "同じ課題の活動。この地区で週1回"
    assert found["why"].iloc[1].startswith("同じ課題の活動。近くの狭山市（約")


def test_what_the_same_group_does_is_listed_after_and_says_so(shown):
    group = "生活クラブ生活協同組合"
    tiny = listing(
        shown,
        ("a", group, TOKOROZAWA, ISSUE),
        ("b", group, TOKOROZAWA, OTHER),
        ("c", group, KUMAGAYA, ISSUE),
        ("d", group, KUMAGAYA, OTHER),
    )
    found = wm.find_partners(tiny, ISSUE, TOKOROZAWA).set_index("activity_id")
    assert sorted(found.index) == ["a", "b", "c"]
    assert "担い手が同じ" in found.loc["b", "why"]
    assert found.loc["c", "where"] == "elsewhere"


def test_a_common_word_for_a_group_is_another_group_in_each_district(shown):
    tiny = listing(shown, ("a", "自治会", TOKOROZAWA, ISSUE), ("b", "自治会", KUMAGAYA, ISSUE))
    assert list(wm.find_partners(tiny, ISSUE, TOKOROZAWA)["activity_id"]) == ["a"]


def test_an_old_check_is_said_and_an_unknown_distance_stays_unknown(shown):
    tiny = listing(shown, ("a", "送迎の会", TOKOROZAWA, ISSUE))
    old = replace(tiny, activities=tiny.activities.assign(last_checked=pd.Timestamp("2025-04-01")))
    found = wm.find_partners(old, ISSUE, TOKOROZAWA)
    assert found["why"].iloc[0].endswith("最終確認が古い（2025年4月）")
    assert found["distance_km"].isna().all()


def test_an_activity_with_a_place_is_measured_from_the_office(shown):
    tiny = listing(shown, ("a", "送迎の会", TOKOROZAWA, ISSUE))
    office = shown.districts.set_index("district").loc[TOKOROZAWA]
    near = tiny.activities.assign(lat=office["lat"] + 0.01, lng=office["lng"])
    found = wm.find_partners(replace(tiny, activities=near), ISSUE, TOKOROZAWA)
    assert found["distance_km"].iloc[0] == pytest.approx(1.1, abs=0.05)


def test_a_person_is_never_named(shown):
    tiny = listing(shown, ("a", "山田花子さん", TOKOROZAWA, ISSUE))
    found = wm.find_partners(tiny, ISSUE, TOKOROZAWA)
    assert found["operator"].tolist() == ["個人"]
    assert "山田" not in found.to_csv()


def test_two_persons_are_not_taken_for_the_same_one(shown):
    tiny = listing(
        shown,
        ("a", "山田花子さん", TOKOROZAWA, ISSUE),
        ("b", "佐藤太郎さん", KUMAGAYA, ISSUE),
        ("c", "田中次郎さん", TOKOROZAWA, OTHER),
    )
    assert list(wm.find_partners(tiny, ISSUE, TOKOROZAWA)["activity_id"]) == ["a"]


def test_nothing_listed_gives_an_empty_table_with_its_columns(shown):
    found = wm.find_partners(listing(shown, ("a", "会", KUMAGAYA, OTHER)), ISSUE, TOKOROZAWA)
    assert found.empty and "why" in found


def test_on_the_sample_every_partner_is_about_the_issue_or_the_same_group(shown):
    about = shown.activity_issues.groupby("activity_id")["issue"].agg(set)
    for issue in shown.issues.index[:8]:
        for row in wm.find_partners(shown, issue, TOKOROZAWA).itertuples():
            assert issue in about[row.activity_id] or "担い手が同じ" in row.why


def test_an_unknown_issue_or_district_is_said(shown):
    with pytest.raises(ValueError, match="課題「宇宙」は知りません"):
        wm.find_partners(shown, "宇宙", TOKOROZAWA)
    with pytest.raises(ValueError, match="地区「1」は知りません"):
        wm.find_partners(shown, ISSUE, "1")
