"""Addresses of the office's pages."""

from urllib.parse import quote, urlencode


def report_url(office_url: str, serial: str, attempt: int) -> str:
    """Return where the report of an attempt is, as it may be shown on a screen."""
    return f"{office_url.rstrip('/')}/reports/{quote(serial)}/{attempt}.pdf"


def with_token(url: str, token: str) -> str:
    """Return the address that the browser opens: with the log-in token, so never shown or logged."""
    return f"{url}?{urlencode({'token': token})}"
