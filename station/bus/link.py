"""One MQTT link for every client of the station: paho in its own thread, everything else in asyncio."""

import asyncio
import logging
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from station.bus.trust import distrust, trusting
from station.bus.words import words
from station.model.text import SaidError, SaidValueError, Text

log = logging.getLogger(__name__)

Handler = Callable[[str, bytes], None]
RECONNECT_S = 0.25
KEEPALIVE_S = 15
PORTS = {"mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443}


@dataclass(frozen=True)
class Account:
    """An account at the broker; ``client`` is also the part of the topics that this account may speak on."""

    client: str
    password: str


@dataclass(frozen=True)
class Will:
    """The message that the broker sends when this client is gone."""

    topic: str
    payload: bytes


class LinkRefusedError(SaidError):
    """The broker refused the account, or its certificate is not to be trusted."""


class NoBrokerError(SaidError, TimeoutError):
    """The broker does not answer."""


class Link:
    """A connection that comes back by itself; handlers run in the event loop that started it.

    Args:
        url: ``mqtt://host:port`` or ``ws://host:port/mqtt``; over TLS ``mqtts://host:port?ca=FILE`` or
            ``wss://host:port/mqtt?ca=FILE``, where the file is that of the authority which alone is trusted; without
            it the machine's own list is.
        account: client id and password.
        will: last will, retained, QoS 1.
        on_change: called with True after each connect (subscriptions acknowledged), with False after each loss.
        client_id: another one than the account's name, by which a broker would end the account's own connection.

    ``url`` is the address without the file, for people; ``refused`` and ``distrusted`` say why there is no connection.

    Raises:
        ValueError: the address is none of these.
        TrustError: the authority's file cannot be used.
    """

    def __init__(
        self,
        url: str,
        account: Account,
        will: Will | None = None,
        on_change: Callable[[bool], None] | None = None,
        client_id: str = "",
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise SaidValueError(words().text("link.address", url=url))
        self.url = parts._replace(query="").geturl()
        self.account = account
        self.connected = asyncio.Event()
        self.refused: Text | None = None
        self.distrusted: Text | None = None
        self._host, self._port = parts.hostname, parts.port or PORTS[parts.scheme]
        self._on_change = on_change
        self._handlers: list[tuple[str, int, Handler]] = []
        # True: acknowledged; False: lost. Never an exception: nobody may be there any more to retrieve it.
        self._acks: dict[int, asyncio.Future[bool]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._awaited: int | None = None
        self._client = self._make(parts, will, client_id or account.client)

    def _make(self, parts: SplitResult, will: Will | None, client_id: str) -> mqtt.Client:
        over_web = parts.scheme in ("ws", "wss")
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=True,
            protocol=MQTTProtocolVersion.MQTTv311,
            transport="websockets" if over_web else "tcp",
        )
        if over_web:
            client.ws_set_options(path=parts.path or "/mqtt")
        if parts.scheme in ("mqtts", "wss"):
            (authority,) = parse_qs(parts.query).get("ca", [""])
            client.tls_set_context(trusting(Path(authority) if authority else None))
        client.username_pw_set(self.account.client, self.account.password)
        client.reconnect_delay_set(RECONNECT_S, RECONNECT_S)  # type: ignore[arg-type]  # paho takes any number
        client.max_inflight_messages_set(1000)
        if will:
            client.will_set(will.topic, will.payload, qos=1, retain=True)
        client.on_connect, client.on_disconnect = self._connected, self._disconnected
        client.on_message, client.on_publish = self._message, self._published
        client.on_subscribe, client.on_connect_fail = self._subscribed, self._not_connected
        return client

    # -- in the event loop

    def subscribe(self, topic: str, handler: Handler, qos: int = 1) -> None:
        """Have every message of a topic filter given to a handler; renewed at each connect."""
        self._handlers.append((topic, qos, handler))
        if self.connected.is_set():
            self._client.subscribe(topic, qos)

    def unsubscribe(self, topic: str) -> None:
        """Stop a subscription."""
        self._handlers = [entry for entry in self._handlers if entry[0] != topic]
        if self.connected.is_set():
            self._client.unsubscribe(topic)

    def renew(self) -> None:
        """Ask for everything retained once more, without ending a subscription.

        What is published while a subscription is being made may be missed by it, and an older retained message may
        come after a newer one: whoever shows state asks again a moment after each connect, and goes by ``seq``.
        """
        if self.connected.is_set() and self._handlers:
            self._client.subscribe([(topic, qos) for topic, qos, _ in self._handlers])

    async def start(self) -> None:
        """Begin to connect; returns at once, ``connected`` tells when it is done."""
        self._loop = asyncio.get_running_loop()
        self._client.connect_async(self._host, self._port, keepalive=KEEPALIVE_S)
        self._client.loop_start()

    async def wait(self, timeout_s: float) -> None:
        """Wait for the connection.

        Raises:
            NoBrokerError: the broker does not answer; says which.
            LinkRefusedError: the broker does not know the account, or its certificate is not to be trusted.
        """
        try:
            async with asyncio.timeout(timeout_s):
                await self.connected.wait()
        except TimeoutError:
            if self.refused:
                of_account = {"client": self.account.client, "why": self.refused}
                raise LinkRefusedError(words().text("link.refused", url=self.url, **of_account)) from None
            if self.distrusted:
                raise LinkRefusedError(self.distrusted) from None
            raise NoBrokerError(words().text("link.no_answer", url=self.url, seconds=f"{timeout_s:g}")) from None

    async def stop(self) -> None:
        """Disconnect in order (the last will is not sent)."""
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)
        # paho keeps the two sockets that wake its thread until its object is collected.
        self._client._reset_sockets(sockpair_only=True)  # noqa: SLF001 - no public call closes them

    def publish(self, topic: str, payload: bytes, qos: int = 0, retain: bool = False) -> bool:
        """Send a message if connected; False if not: what must not be lost is sent again by whoever owns it."""
        if not self.connected.is_set():
            return False
        return self._client.publish(topic, payload, qos=qos, retain=retain).rc == mqtt.MQTT_ERR_SUCCESS

    async def publish_acked(self, topic: str, payload: bytes, retain: bool = False) -> None:
        """Send at QoS 1 and wait for the broker's acknowledgement.

        Raises:
            ConnectionError: not connected, or the connection was lost before the acknowledgement.
        """
        if not self.connected.is_set():
            raise ConnectionError(f"no connection to the broker at {self.url}")
        info = self._client.publish(topic, payload, qos=1, retain=retain)
        if info.rc != mqtt.MQTT_ERR_SUCCESS:
            # The connection has just gone, and the loop does not know yet.
            raise ConnectionError(f"connection to the broker at {self.url} lost")
        acked = self._acks[info.mid] = asyncio.get_running_loop().create_future()
        try:
            if not await acked:
                raise ConnectionError(f"connection to the broker at {self.url} lost")
        finally:
            if self._acks.get(info.mid) is acked:
                del self._acks[info.mid]

    def _resolve(self, mid: int, acknowledged: bool = True) -> None:
        future = self._acks.pop(mid, None)
        if future and not future.done():
            future.set_result(acknowledged)

    def _lost(self) -> None:
        was = self.connected.is_set()
        self.connected.clear()
        for mid in tuple(self._acks):
            self._resolve(mid, acknowledged=False)
        if was and self._on_change:
            self._on_change(False)

    def _ready(self) -> None:
        self.refused = self.distrusted = None
        self.connected.set()
        if self._on_change:
            self._on_change(True)

    def _deliver(self, topic: str, payload: bytes) -> None:
        for pattern, _, handler in tuple(self._handlers):
            if mqtt.topic_matches_sub(pattern, topic):
                handler(topic, payload)

    # -- in paho's thread

    def _soon(self, function: Callable[..., None], *args: Any) -> None:
        loop = self._loop
        if loop and not loop.is_closed():
            loop.call_soon_threadsafe(function, *args)

    def _not_connected(self, client: mqtt.Client, data: Any) -> None:
        # paho calls this while it handles what went wrong, and keeps that to itself.
        error = sys.exception()
        self.distrusted = distrust(error, self.url) if isinstance(error, ssl.SSLError) else None

    def _connected(self, client: mqtt.Client, data: Any, flags: Any, reason: ReasonCode, properties: Any) -> None:
        if reason.is_failure:
            self.refused = refusal(reason)
            return
        if not self._handlers:
            self._soon(self._ready)
            return
        # Connected means subscribed: what another client publishes before the SUBACK would be lost.
        _, self._awaited = client.subscribe([(topic, qos) for topic, qos, _ in self._handlers])

    def _subscribed(self, client: mqtt.Client, data: Any, mid: int, reasons: list[ReasonCode], properties: Any) -> None:
        if refused := sum(reason.is_failure for reason in reasons):
            log.warning("%s: the broker refused %d of %d subscriptions", self.account.client, refused, len(reasons))
        if mid == self._awaited:
            self._awaited = None
            self._soon(self._ready)

    def _disconnected(self, client: mqtt.Client, data: Any, flags: Any, reason: ReasonCode, properties: Any) -> None:
        self._soon(self._lost)

    def _published(self, client: mqtt.Client, data: Any, mid: int, reason: ReasonCode, properties: Any) -> None:
        self._soon(self._resolve, mid)

    def _message(self, client: mqtt.Client, data: Any, message: mqtt.MQTTMessage) -> None:
        self._soon(self._deliver, message.topic, message.payload)


def refusal(reason: ReasonCode) -> Text:
    """Return why a broker refused a connection."""
    key = f"refused.{reason.value}"
    known = key in words().keys()  # noqa: SIM118  # a catalogue, no mapping
    return words().text(key) if known else words().text("refused.other", code=reason.value)
