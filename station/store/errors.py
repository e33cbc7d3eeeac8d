"""What can go wrong between the station and its database, said to the person who can act."""

import errno
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.exc import DBAPIError

from station.model.os_text import os_text
from station.model.text import Catalogue, Language, Text

TEXTS = Catalogue(
    {
        "zh": {
            "full": "磁盘已满，没有写入任何数据",
            "full.todo": "请清理磁盘空间后重试；之前已确认的数据都在",
            "read_only": "数据库只读，没有写入任何数据",
            "read_only.todo": "请检查数据库文件、所在目录和磁盘的写权限",
            "locked": "数据库被其他程序占用，没有写入任何数据",
            "locked.todo": "请关闭正在打开该数据库的其他程序，然后重试",
            "io": "磁盘读写出错，没有写入任何数据",
            "io.todo": "请检查磁盘是否正常、空间是否足够，然后重试",
            "unopened": "无法打开数据库文件",
            "unopened.todo": "请检查目录是否存在、当前用户是否有读写权限、磁盘是否为只读",
            "foreign": "该文件不是检测站数据库，或已损坏",
            "foreign.todo": "请检查配置中的数据库地址；如文件已损坏，请从备份恢复",
            "missing": "数据库中还没有检测站的数据表",
            "missing.todo": "请先启动检测线（station run），由它建立数据库",
            "unreachable": "无法连接数据库，或连接中断",
            "unreachable.todo": "请检查数据库服务是否运行、地址和账号是否正确",
            "failed": "数据库拒绝了操作：{detail}",
            "failed.todo": "没有写入任何数据；请把这条信息交给维护人员",
            "scheme": "不支持的数据库地址",
            "scheme.todo": "请使用 sqlite:///文件 或 postgresql://用户@主机/库名",
            "newer": "数据库结构版本为 {found}，本软件只认识到 {known}",
            "newer.todo": "请安装写入该数据库的软件版本或更新的版本；不要用旧软件打开",
            "older": "数据库结构版本为 {found}，本软件需要 {known}",
            "older.todo": "请先启动一次检测线（station run），由它升级数据库；升级前会自动备份",
            "station": "该数据库属于检测站 {found}，不是 {wanted}",
            "station.todo": "请检查配置中的检测站编号和数据库地址",
            "encoding": "数据库的字符编码是 {found}，不是 UTF8",
            "encoding.todo": "请以 UTF8 编码新建数据库：createdb -E UTF8 -T template0",
            "no_evidence": "没有哈希值为 {sha256} 的检测曲线",
            "no_evidence.todo": "请运行 station ledger verify，必要时从备份恢复",
            "bad_evidence": "哈希值为 {sha256} 的检测曲线已被改动或损坏",
            "bad_evidence.todo": "请勿使用该曲线；请运行 station ledger verify，并从备份恢复",
            "file_full": "磁盘已满，文件没有写入",
            "file_full.todo": "请清理磁盘空间后重试；之前已保存的数据都在",
            "file_denied": "没有读写权限，或磁盘为只读",
            "file_denied.todo": "请检查文件所有者、目录写权限，以及磁盘是否以只读方式挂载",
            "file_failed": "文件读写失败：{detail}",
            "file_failed.todo": "请检查磁盘是否正常、路径是否正确，然后重试",
        },
        "en": {
            "full": "the disk is full, and nothing was written",
            "full.todo": "free some disk space and try again; everything acknowledged before is kept",
            "read_only": "the database cannot be written to, and nothing was written",
            "read_only.todo": "check the write permission of the database file, its folder and its disk",
            "locked": "another program holds the database, and nothing was written",
            "locked.todo": "close the other program that has this database open, then try again",
            "io": "the disk failed to read or write, and nothing was written",
            "io.todo": "check that the disk is sound and has space, then try again",
            "unopened": "the database file cannot be opened",
            "unopened.todo": "check that the folder exists, and that this user may write there: is the disk read-only?",
            "foreign": "this is not a station's database, or it is damaged",
            "foreign.todo": "check the database address in the configuration; restore a damaged file from a backup",
            "missing": "the database has no tables of a station yet",
            "missing.todo": "start the line first (station run): it makes them",
            "unreachable": "the database cannot be reached, or the connection broke",
            "unreachable.todo": "check that the database server runs, and its address and account",
            "failed": "the database refused: {detail}",
            "failed.todo": "nothing was written; hand this line to the maintainer",
            "scheme": "this is no database address that can be used",
            "scheme.todo": "use sqlite:///FILE or postgresql://USER@HOST/DATABASE",
            "newer": "the database has structure version {found}, this software knows up to {known}",
            "newer.todo": "install the version that wrote it, or a newer one; do not open it with old software",
            "older": "the database has structure version {found}, this software needs {known}",
            "older.todo": "start the line once (station run): it makes a backup and brings the database up to date",
            "station": "this database belongs to station {found}, not to {wanted}",
            "station.todo": "check the station's id and the database address in the configuration",
            "encoding": "the database is encoded in {found}, not in UTF8",
            "encoding.todo": "make it new with UTF8: createdb -E UTF8 -T template0",
            "no_evidence": "there are no curves with the hash {sha256}",
            "no_evidence.todo": "run station ledger verify, and restore from a backup if it says so",
            "bad_evidence": "the curves with the hash {sha256} were changed or damaged",
            "bad_evidence.todo": "do not use them; run station ledger verify, and restore from a backup",
            "file_full": "the disk is full, and the file was not written",
            "file_full.todo": "free some disk space and try again; everything saved before is kept",
            "file_denied": "it may not be read or written here, or the disk is read-only",
            "file_denied.todo": "check the owner, the folder's write permission, and whether the disk is mounted so",
            "file_failed": "the file could not be read or written: {detail}",
            "file_failed.todo": "check that the disk is sound and the path right, then try again",
        },
    }
)

_SQLITE_CASES = {
    "database or disk is full": "full",
    "readonly database": "read_only",
    "is locked": "locked",
    "disk I/O error": "io",
    "unable to open": "unopened",
    "not a database": "foreign",
    "malformed": "foreign",
    "no such table": "missing",
}
_POSTGRES_CASES = {"53100": "full", "25006": "read_only", "55P03": "locked", "58030": "io", "42P01": "missing"}


_OS_CASES = dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "file_full") | dict.fromkeys(
    (errno.EACCES, errno.EPERM, errno.EROFS), "file_denied"
)


class StoreError(Exception):
    """The database could not do what was asked: what happened, where, what to do."""

    def __init__(self, what: Text, where: str, todo: Text) -> None:
        super().__init__(f"{what.en} ({where}): {todo.en}")
        self.what = what
        self.where = where
        self.todo = todo

    def say(self, language: Language) -> str:
        """Return the whole message in one language."""
        return f"{self.what.in_(language)} ({self.where}): {self.todo.in_(language)}"


def store_error(case: str, where: str, **values: object) -> StoreError:
    """Return the error of one case of the catalogue."""
    return StoreError(TEXTS.text(case, **values), where, TEXTS.text(f"{case}.todo"))


def os_error(error: OSError, path: Path) -> StoreError:
    """Return what the operating system says of a file, as a person can act on it."""
    case = _OS_CASES.get(error.errno or 0, "file_failed")
    return store_error(case, str(path), detail=os_text(error))


@contextmanager
def os_errors(path: Path) -> Iterator[None]:
    """Turn what the operating system raises inside the block into a ``StoreError``."""
    try:
        yield
    except OSError as error:
        raise os_error(error, Path(error.filename or path)) from error


def driver_errors(name: str) -> tuple[type[Exception], ...]:
    """Return an error that every driver has under this name: SQLite's, and PostgreSQL's once that driver is loaded.

    Loading it takes time, and a station without PostgreSQL has no need of it.
    """
    drivers = (sqlite3, sys.modules.get("psycopg"))
    return tuple(getattr(driver, name) for driver in drivers if driver)


@contextmanager
def store_errors(where: str) -> Iterator[None]:
    """Turn what the database driver raises inside the block into a ``StoreError``."""
    try:
        yield
    except DBAPIError as error:
        # Only the driver's own sentence: SQLAlchemy's text carries the parameters, and with them personal data.
        raise _translated(error.orig, where) from error.orig
    except driver_errors("Error") as error:
        raise _translated(error, where) from error


def _translated(error: BaseException | None, where: str) -> StoreError:
    detail = (str(error).strip() or type(error).__name__).splitlines()[0]
    if hasattr(error, "sqlstate"):
        return store_error(_postgres_case(error), where, detail=detail)
    case = next((case for phrase, case in _SQLITE_CASES.items() if phrase in detail), "failed")
    return store_error(case, where, detail=detail)


def _postgres_case(error: Any) -> str:
    state, operational = error.sqlstate or "", isinstance(error, driver_errors("OperationalError"))
    # Class 57 is the operator's intervention: shut down, starting up, connection ended.
    if operational and (not state or state.startswith(("08", "57P", "28", "3D"))):
        return "unreachable"
    return _POSTGRES_CASES.get(state, "failed")
