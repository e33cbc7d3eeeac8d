"""Lines of Chinese and Latin text: no line too wide, no character lost."""

import re

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from station.desk.paper import Column, Paper
from station.desk.wrapping import wrapped

TEXT = st.text(st.sampled_from("检测线程序离线,。(a b-c12) ab✗「」浙H12385"), max_size=120)


@given(TEXT, st.integers(2, 40))
@example(" 11", 2)
def test_no_line_is_too_wide_and_no_character_is_lost(words: str, width: int) -> None:
    lines = wrapped(words, width)
    assert max(map(cell_len, lines)) <= width
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", words)


def test_chinese_breaks_anywhere_words_do_not_and_closing_marks_stay() -> None:
    assert wrapped("✗ 检测线离线", 8) == ["✗ 检测线", "离线"]
    assert wrapped("the line program", 10) == ["the line", "program"]
    assert wrapped("请检查「station run」。", 20) == ["请检查", "「station run」。"]
    assert wrapped("已离线。请检查", 6) == ["已离", "线。请", "检查"]
    assert wrapped("工位上是浙H12385", 12) == ["工位上是", "浙H12385"]
    assert wrapped("", 10) == [""]


@given(st.lists(st.tuples(TEXT, TEXT, st.text("0123456789", max_size=6)), max_size=5), st.integers(40, 100))
def test_a_table_has_every_word_and_fits(rows: list[tuple[str, str, str]], width: int) -> None:
    paper = Paper(width)
    columns = [Column("项目", breaks=True), Column("依据", breaks=True), Column("值", right=True)]
    paper.table(columns, [[(words, "") for words in row] for row in rows])
    lines = ["".join(segment.text for segment in line) for line in paper.lines]
    assert all(cell_len(line) <= width for line in lines)
    shown = sorted(re.sub(r"\s", "", "".join(lines[1:])))
    assert shown == sorted(re.sub(r"\s", "", "".join(words for row in rows for words in row)))


def test_a_paragraph_keeps_the_style_of_each_run() -> None:
    paper = Paper(12)
    paper.put(("test-0001 ", "bold"), ("浙H12385", ""), (" ✗ 不合格", "red"))
    styles = {segment.text: str(segment.style) for line in paper.lines for segment in line}
    assert styles["test-0001"] == "bold"
    assert styles["浙H12385"] == "none"
    assert styles["✗ 不合格"] == "red"
