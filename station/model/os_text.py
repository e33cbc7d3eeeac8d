"""What the operating system says of a file, a port or a connection, in every language."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from station.model.text import Text

CHINESE = {
    errno.EACCES: "没有权限",
    errno.EADDRINUSE: "地址或端口已被占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
    errno.ECONNREFUSED: "对方拒绝连接",
    errno.ECONNRESET: "连接被对方中断",
    errno.EEXIST: "已经存在",
    errno.EFBIG: "文件太大",
    errno.EHOSTUNREACH: "连不到该主机",
    errno.EIO: "读写出错",
    errno.EISDIR: "这是目录，不是文件",
    errno.ELOOP: "链接循环",
    errno.EMFILE: "打开的文件太多",
    errno.ENAMETOOLONG: "名称太长",
    errno.ENETUNREACH: "网络不通",
    errno.ENOENT: "没有这个文件或目录",
    errno.ENOSPC: "磁盘已满",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.ENOTEMPTY: "目录不是空的",
    errno.EPERM: "不允许这样做",
    errno.EROFS: "磁盘只读",
    errno.ETIMEDOUT: "超时没有应答",
}


FULL, READ_ONLY = (errno.ENOSPC, errno.EDQUOT), (errno.EROFS,)


@contextlib.contextmanager
def disk_at(path: Path) -> Iterator[None]:
    """Have a disk's refusal name its place: of a full one the operating system names none."""
    try:
        yield
    except OSError as error:
        if error.filename is None and error.errno in (*FULL, *READ_ONLY, errno.EIO):
            error.filename = str(path)
        raise


def os_text(error: OSError) -> Text:
    """Return why the operating system refused, without the file; of an error that is not listed its number."""
    english = error.strerror or str(error) or type(error).__name__
    number = error.errno or 0
    return Text(zh=CHINESE.get(number, f"系统错误 {number}（{english}）" if number else english), en=english)


def os_words(english: str) -> Text:
    """Return the operating system's word for why in every language; what is no such word stands as it is."""
    number = next((number for number in CHINESE if os.strerror(number) == english), None)
    return Text(zh=english if number is None else CHINESE[number], en=english)
