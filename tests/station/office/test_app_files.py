"""The handheld's files: checked before a copy is used, and of one version that the page itself says."""

from pathlib import Path

from station.office.app_files import VERSION_HEADER, version_of


async def test_the_page_says_the_version_and_is_never_copied(web, office):
    page = await web.get("/app/")
    assert page.headers["cache-control"] == "no-store"
    assert page.headers[VERSION_HEADER] == version_of(office.config.app_folder)


async def test_a_file_is_sent_again_only_if_it_is_another_one(web):
    module = await web.get("/app/app.mjs")
    assert module.headers["cache-control"] == "no-cache"
    again = await web.get("/app/app.mjs", headers={"if-none-match": module.headers["etag"]})
    assert (again.status_code, again.content, again.headers["cache-control"]) == (304, b"", "no-cache")


def test_every_change_of_any_file_makes_another_version(tmp_path: Path) -> None:
    (tmp_path / "texts").mkdir()
    file = tmp_path / "texts" / "zh.json"
    seen = []
    for change in (
        lambda: file.write_text("a"),
        lambda: file.write_text("b"),
        lambda: file.rename(tmp_path / "zh.json"),
        lambda: (tmp_path / "more.mjs").touch(),
        lambda: (tmp_path / "more.mjs").unlink(),
    ):
        change()
        seen.append(version_of(tmp_path))
    assert len(set(seen[:4])) == 4
    assert seen[4] == seen[2]
