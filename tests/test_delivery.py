"""Files arrive whole or not at all; an open file is named, a person's own work is kept."""

import errno
from pathlib import Path

import pytest

from watamachi_analysis.delivery import deliver
from watamachi_analysis.errors import InputError

LIST = "list.txt"


def writer(files: dict[str, str], *, fails_after: int | None = None):
    def write(folder: Path):
        for number, (name, text) in enumerate(files.items()):
            if number == fails_after:
                raise KeyboardInterrupt
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
            yield name

    return write


def give(target: Path, files: dict[str, str], *, is_whole: bool = False, **options):
    return deliver(target, writer(files, **options), manifest=LIST, is_whole=is_whole)


def holds(target: Path) -> dict[str, str]:
    return {
        str(path.relative_to(target)): path.read_text(encoding="utf-8")
        for path in sorted(target.rglob("*"))
        if path.is_file() and path.name != LIST
    }


def test_the_files_and_their_list_stand_in_the_folder(tmp_path):
    delivery = give(tmp_path / "new", {"a.txt": "1", "sub/b.txt": "2"})
    assert [path.name for path in delivery.written] == ["a.txt", "b.txt"]
    assert holds(tmp_path / "new") == {"a.txt": "1", "sub/b.txt": "2"}
    assert "  sub/b.txt" in (tmp_path / "new" / LIST).read_text(encoding="utf-8")


def test_a_run_that_is_stopped_leaves_the_last_output_as_it_was(tmp_path):
    give(tmp_path, {"a.txt": "1", "b.txt": "2"})
    before = holds(tmp_path), (tmp_path / LIST).read_bytes()
    with pytest.raises(KeyboardInterrupt):
        give(tmp_path, {"a.txt": "new", "b.txt": "new"}, fails_after=1)
    assert (holds(tmp_path), (tmp_path / LIST).read_bytes()) == before


def test_a_file_that_cannot_be_moved_in_brings_all_others_back(tmp_path, monkeypatch):
    """As on Windows, where a file that is open cannot be replaced."""
    give(tmp_path, {"a.txt": "1", "b.txt": "2"})
    real = Path.replace

    def refuse(self: Path, target: Path):
        if self == tmp_path / "b.txt":
            raise PermissionError(errno.EACCES, "in use", str(self))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(InputError, match=r"「b\.txt」に書き込めません。.*閉じて"):
        give(tmp_path, {"a.txt": "new", "b.txt": "new"})
    monkeypatch.undo()
    assert holds(tmp_path) == {"a.txt": "1", "b.txt": "2"}


@pytest.mark.parametrize(
    "lock", [".~lock.11208_所沢市.docx#", "~$11208_所沢市.docx", "~$208_所沢市.docx", "~$1208_所沢市.docx"],
    ids=["LibreOffice", "Excel", "Word, long names", "Word, short names"],
)  # fmt: skip
def test_a_file_that_is_open_is_named_and_kept(tmp_path, lock):
    give(tmp_path, {"11208_所沢市.docx": "1", "11201_川越市.docx": "1"})
    (tmp_path / lock).write_text("", encoding="utf-8")
    with pytest.raises(InputError) as told:
        give(tmp_path, {"11208_所沢市.docx": "2", "11201_川越市.docx": "2"})
    assert "「11208_所沢市.docx」が開いています" in str(told.value)
    assert lock in str(told.value)  # what to remove where it is a leftover
    assert {text for name, text in holds(tmp_path).items() if lock != name} == {"1"}


def test_a_lock_of_a_file_that_is_not_written_over_does_no_harm(tmp_path):
    (tmp_path / "~$mine.docx").write_text("", encoding="utf-8")
    (tmp_path / "mine.docx").write_text("mine", encoding="utf-8")
    give(tmp_path, {"a.txt": "1"})
    assert holds(tmp_path)["a.txt"] == "1"


def test_a_changed_file_is_kept_under_a_name_of_its_own(tmp_path):
    give(tmp_path, {"a.txt": "1", "b.txt": "1"})
    (tmp_path / "a.txt").write_text("edited", encoding="utf-8")
    delivery = give(tmp_path, {"a.txt": "2", "b.txt": "2"})
    assert [path.name for path in delivery.kept] == ["a_前の版1.txt"]
    assert holds(tmp_path) == {"a.txt": "2", "a_前の版1.txt": "edited", "b.txt": "2"}
    (tmp_path / "a.txt").write_text("edited again", encoding="utf-8")
    assert [path.name for path in give(tmp_path, {"a.txt": "3"}).kept] == ["a_前の版2.txt"]


def test_a_file_that_was_never_ours_is_kept_too(tmp_path):
    (tmp_path / "a.txt").write_text("mine", encoding="utf-8")
    give(tmp_path, {"a.txt": "1"})
    assert holds(tmp_path)["a_前の版1.txt"] == "mine"


def test_a_part_leaves_the_others_and_a_whole_removes_what_no_longer_belongs(tmp_path):
    give(tmp_path, {"a.txt": "1", "sub/b.txt": "1"})
    give(tmp_path, {"a.txt": "2"})
    assert holds(tmp_path) == {"a.txt": "2", "sub/b.txt": "1"}
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    give(tmp_path, {"a.txt": "3"}, is_whole=True)
    assert holds(tmp_path) == {"a.txt": "3", "mine.txt": "mine"}
    assert not (tmp_path / "sub").exists()


def test_a_list_that_names_a_file_outside_removes_nothing_there(tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("mine", encoding="utf-8")
    target = tmp_path / "out"
    target.mkdir()
    (target / LIST).write_text("0000  ../outside.txt\n", encoding="utf-8")
    give(target, {"a.txt": "1"}, is_whole=True)
    assert outside.read_text(encoding="utf-8") == "mine"


def test_a_folder_that_is_a_file_is_named(tmp_path):
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="「out」に書き込めません"):
        give(tmp_path / "out", {"a.txt": "1"})
