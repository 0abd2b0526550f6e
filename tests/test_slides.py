"""Slides hold one editable shape per district, and nothing that the audience may not see."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from pptx import Presentation
from pptx.enum.dml import MSO_FILL
from pptx.enum.shapes import MSO_SHAPE_TYPE
from test_pictures import HOSTILE, few_issues, with_names

import watamachi_analysis as wm
from watamachi_analysis.looks import state_looks
from watamachi_analysis.sheets import SLIDE_FORM, lay_sheets
from watamachi_analysis.slides import draw_slides
from watamachi_analysis.typesetting import drawable


@pytest.fixture(scope="module")
def shown(analysis):
    return wm.publish(analysis, "member")


@pytest.fixture(scope="module")
def package(shown):
    return draw_slides(shown)


@pytest.fixture(scope="module")
def deck(package):
    return Presentation(io.BytesIO(package))


def described(slide):
    """The shapes with alternative text: the districts."""
    return [shape for shape in slide.shapes if shape._element.xpath(".//p:cNvPr[@descr]")]


def alt_text(shape):
    return shape._element.xpath(".//p:cNvPr")[0].get("descr")


def parts_of(package):
    with zipfile.ZipFile(io.BytesIO(package)) as files:
        return {name: files.read(name) for name in files.namelist()}


def texts_of(package):
    return "\n".join(
        data.decode("utf-8") for name, data in parts_of(package).items() if name.endswith(".xml")
    )


def test_the_cover_comes_before_the_overview_and_the_issues(deck, shown):
    assert len(deck.slides) == 2 + len(shown.issues) == 26
    assert (deck.slide_width, deck.slide_height) == (12192000, 6858000)


def test_every_slide_has_72_shapes_with_name_and_numbers(deck, shown):
    names = list(shown.districts["name"])
    for slide, sheet in zip(list(deck.slides)[1:], lay_sheets(shown, SLIDE_FORM), strict=True):
        shapes = described(slide)
        assert [shape.name for shape in shapes] == names
        assert [alt_text(s) for s in shapes] == [cell.spoken for cell in sheet.cells.values()]


def test_the_fills_are_those_of_the_states(deck, shown):
    for slide, sheet in zip(list(deck.slides)[1:], lay_sheets(shown, SLIDE_FORM), strict=True):
        for shape, cell in zip(described(slide), sheet.cells.values(), strict=True):
            look = state_looks()[cell.state]
            patterned = shape.fill.type == MSO_FILL.PATTERNED
            assert patterned == bool(look.pattern)
            colour = shape.fill.back_color if patterned else shape.fill.fore_color
            assert f"#{colour.rgb}" == look.fill


def test_with_boundaries_each_district_is_a_freeform(analysis_with_boundaries):
    shown = few_issues(wm.publish(analysis_with_boundaries))
    deck = Presentation(io.BytesIO(draw_slides(shown)))
    for slide in list(deck.slides)[1:]:
        shapes = described(slide)
        assert len(shapes) == 72
        assert {shape.shape_type for shape in shapes} == {MSO_SHAPE_TYPE.FREEFORM}
        notes = slide.notes_slide.notes_text_frame.text
        assert all(shape.name in notes for shape in shapes)
        credit = "「国土数値情報（行政区域データ）」（国土交通省）を加工して作成"
        assert any(credit in s.text_frame.text for s in slide.shapes if s.has_text_frame)


def test_the_title_is_the_finding_and_every_slide_bears_the_caution(deck, shown):
    sheets = lay_sheets(shown, SLIDE_FORM)
    for slide, sheet in zip(list(deck.slides)[1:], sheets, strict=True):
        assert slide.shapes.title.text_frame.text.replace("\v", "") == sheet.finding
        texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        assert sheet.label in texts
        assert any("地区住民全体の割合ではありません" in text for text in texts)
        assert "見本（架空データ）" in texts


def test_the_notes_say_the_numbers_in_words(deck, shown):
    rows = shown.overlap[shown.overlap["issue"] == "all"].set_index("district")
    notes = deck.slides[1].notes_slide.notes_text_frame.text
    for district, name in zip(shown.districts["district"], shown.districts["name"], strict=True):
        assert f"{name}: {rows.at[district, 'sentence']}" in notes


def test_what_is_hidden_is_hidden_in_every_part(package, shown):
    text = texts_of(package)
    rows = shown.overlap[shown.overlap["state"] == "hidden"]
    assert len(rows) > 0
    names = shown.districts.set_index("district")["name"]
    for row in rows.itertuples():
        assert f"{names[row.district]}、非表示、困りごとの声 非表示、" in text
    assert not re.search(r"、非表示、困りごとの声 \d", text)
    assert not re.search(r"、記録なし、困りごとの声 \d", text)


def test_no_statement_is_in_the_slides(package, shown):
    text = texts_of(package)
    assert len(shown.statements) > 0
    assert not [said for said in shown.statements["text"] if said in text]


def test_the_same_tables_give_the_same_bytes(shown):
    one = few_issues(shown)
    assert draw_slides(one) == draw_slides(one)


def test_the_file_names_no_person_and_the_build_date_alone(deck, package, shown):
    about = deck.core_properties
    assert about.author == about.last_modified_by == "watamachi-analysis"
    assert about.created.date() == about.modified.date() == shown.built
    names = parts_of(package)
    assert not [name for name in names if "thumbnail" in name or "printerSettings" in name]
    with zipfile.ZipFile(io.BytesIO(package)) as files:
        assert {info.date_time for info in files.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_japanese_type_is_named_for_the_whole_file(package):
    theme = parts_of(package)["ppt/theme/theme1.xml"].decode("utf-8")
    assert set(re.findall(r'<a:ea typeface="([^"]*)"', theme)) == {"Yu Gothic"}
    slide = parts_of(package)["ppt/slides/slide2.xml"].decode("utf-8")
    assert 'lang="ja-JP"' in slide


def test_hostile_names_stay_words(shown):
    hostile = with_names(few_issues(shown), ["</a:t></a:r>", *HOSTILE])
    hostile = replace(hostile, settings=replace(shown.settings, name="<a:t>&\x01\u202e調査"))
    package = draw_slides(hostile)
    for name, data in parts_of(package).items():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(data)
    deck = Presentation(io.BytesIO(package))
    names = [shape.name for shape in described(deck.slides[1])]
    assert names[: len(HOSTILE) + 1] == ["</a:t></a:r>", *map(drawable, HOSTILE)]


def test_ids_are_unique_on_each_slide(deck):
    for slide in deck.slides:
        ids = [shape.shape_id for shape in slide.shapes]
        assert len(ids) == len(set(ids))


def test_libreoffice_opens_it_with_all_its_pages(shown, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice on this machine")
    (tmp_path / "deck.pptx").write_bytes(draw_slides(few_issues(shown)))
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [office, home, "--headless", "--convert-to", "pdf", "deck.pptx"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=240)
    if "could not be loaded" in done.stdout + done.stderr:
        pytest.skip("this LibreOffice has no Impress")
    pages = re.findall(rb"/Type\s*/Page\b(?!s)", (tmp_path / "deck.pdf").read_bytes())
    assert len(pages) == 3


def test_build_writes_and_removes_the_slides(analysis, tmp_path):
    wm.write_maps(analysis, tmp_path, audience="public", extras=["pptx"])
    assert (tmp_path / "overlap.pptx").exists()
    assert "overlap.pptx" in (tmp_path / "index.html").read_text(encoding="utf-8")
    wm.write_maps(analysis, tmp_path, audience="public")
    assert not (tmp_path / "overlap.pptx").exists()


def test_a_stopped_run_leaves_the_last_slides(analysis, tmp_path):
    wm.write_maps(analysis, tmp_path, audience="public", extras=["pptx"])
    before = (tmp_path / "overlap.pptx").read_bytes()

    def stop(_stage, share):
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        wm.write_maps(analysis, tmp_path, audience="public", extras=["pptx"], progress=stop)
    assert (tmp_path / "overlap.pptx").read_bytes() == before
    assert not list(tmp_path.glob(".watamachi-*"))


def test_an_unknown_kind_of_picture_is_refused(analysis, tmp_path):
    with pytest.raises(ValueError, match="「gif」は作れません"):
        wm.write_maps(analysis, tmp_path, extras=["gif"])
