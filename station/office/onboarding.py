"""The page without TLS that says how a device comes to trust the station, and nothing more."""

from html import escape

from cryptography.hazmat.primitives.serialization import Encoding
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from station.authority.certificates import names_of
from station.authority.keeper import Kept, read
from station.authority.words import words
from station.office.settings import OfficeConfig, Reach

FILE = "/station-ca.crt"
MEDIA = "application/x-x509-ca-cert"
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Referrer-Policy": "no-referrer",
}
_STYLE = """
body{font:18px/1.5 "Noto Sans SC","PingFang SC","Microsoft YaHei",sans-serif;color:#16202a;background:#f6f7f9;
margin:0 auto;padding:20px;max-width:44rem}
h1{font-size:26px}h2{font-size:21px;margin:28px 0 6px}p{margin:8px 0}small{color:#5b6773;display:block;
font-size:.82em;font-weight:400}
code{display:block;font-size:17px;line-height:1.7;background:#fff;border:1px solid #d5dbe1;padding:10px}
a.do{display:inline-block;background:#0b4f8a;color:#fff;font-weight:700;padding:12px 22px;text-decoration:none}
a.do small{color:#fff}
"""


class Onboarding:
    """The page, and the authority's certificate as a file whose own SHA-256 is the fingerprint.

    Raises:
        AuthorityError: there is no authority.
    """

    def __init__(self, config: OfficeConfig, reach: Reach) -> None:
        self._port = config.port
        self._kept: Kept = read(reach.keys_folder)
        self._name = reach.name

    def app(self) -> Starlette:
        """Return it as an application; whatever else is asked for gets one sentence."""
        routes = [Route("/", self.page), Route(FILE, self.file)]
        return Starlette(routes=routes, exception_handlers={HTTPException: self._nothing})

    def page(self, request: Request) -> Response:
        """``GET /``."""
        return HTMLResponse(_page(self._address(request), self._kept.fingerprint), headers=_HEADERS)

    def file(self, request: Request) -> Response:
        """``GET /station-ca.crt``: the certificate (DER)."""
        headers = {**_HEADERS, "Content-Disposition": 'attachment; filename="station-ca.crt"'}
        return Response(self._kept.authority.public_bytes(Encoding.DER), media_type=MEDIA, headers=headers)

    def _address(self, request: Request) -> str:
        """Return the address over TLS, by the name that the device uses already if the certificate has it."""
        asked = request.url.hostname or ""
        known = self._kept.server is not None and asked in names_of(self._kept.server)
        return address("https", asked if known else self._name, self._port, "/app/")

    async def _nothing(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        key = "trust.method" if status == 405 else "trust.nothing"
        said = words().text(key, address=address("http", request.url.netloc, None, "/"))
        return PlainTextResponse(f"{said.zh}\n{said.en}\n", status, _HEADERS)


def address(scheme: str, host: str, port: int | None, path: str) -> str:
    """Return an address; an IPv6 host comes without brackets."""
    shown = f"[{host}]" if port and ":" in host else host
    return f"{scheme}://{shown}{f':{port}' if port else ''}{path}"


def _page(app: str, fingerprint: str) -> str:
    steps = "".join(f"<p>{_both(f'trust.{device}')}</p>" for device in ("android", "iphone", "windows"))
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(words().say('zh', 'trust.title'))}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{_both('trust.title')}</h1><p>{_both('trust.why')}</p>"
        f'<h2>{_both("trust.one")}</h2><p><a class="do" href="{FILE}">{_both("trust.file")}</a></p>'
        f"<h2>{_both('trust.two')}</h2><p>{_both('trust.compare')}</p><code>{_groups(fingerprint)}</code>"
        f"<h2>{_both('trust.three')}</h2>{steps}<p>{_both('trust.limits')}</p>"
        f"<h2>{_both('trust.four')}</h2><p>{_both('trust.open')}</p>"
        f'<p><a href="{escape(app)}">{escape(app)}</a></p></body></html>\n'
    )


def _groups(fingerprint: str) -> str:
    """Return a fingerprint that a narrow screen breaks between its groups only."""
    return escape(fingerprint).replace(":", ":<wbr>")


def _both(key: str) -> str:
    said = words().text(key)
    return f"{escape(said.zh)}<small>{escape(said.en)}</small>"
