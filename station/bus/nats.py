"""The configuration of nats-server: where it listens and keeps its files, its accounts and their rights."""

import json
from typing import Any

from station.bus.accounts import Accounts
from station.bus.acl import rights
from station.bus.place import Place
from station.bus.topics import Topics

# A client that takes in a backlog must not stall: the default is 1024 for each subscription. All of a client's together
# may be 65,535, and nats refuses whatever subscription goes beyond: this leaves room for fifteen.
MAX_ACK_PENDING = 4096
ACK_WAIT = "3s"
ORPHAN_AFTER = "1m"
"""A broker that is killed while a client connects leaves a consumer behind that nobody will ever read: it would keep
every message from then on, until the store is full, and each restart would read them all."""
# Two seconds are the default: too few for a phone on a patchy network.
HANDSHAKE_S = 10
LOG_BYTES = 4_000_000
STORE_BYTES = 1_000_000_000
MEMORY_BYTES = 64_000_000
# What nats needs to deliver QoS 1 to an MQTT client, beside the client's own topics.
MQTT_DELIVERY = ("$MQTT.sub.>", "$MQTT.deliver.pubrel.>")


def subject(topic: str) -> str:
    """Return a topic or filter in the form of nats, in which permissions are written."""
    return topic.replace("/", ".").replace("+", "*").replace("#", ">")


def permissions(topics: Topics, client: str) -> dict[str, Any]:
    """Return an account's rights (``station.bus.acl``) as nats writes them."""
    given = rights(topics, client)
    return {
        "publish": {"allow": [subject(topic) for topic in given.publish]},
        "subscribe": {"allow": [*(subject(topic) for topic in given.subscribe), *MQTT_DELIVERY]},
    }


def broker_config(place: Place, accounts: Accounts) -> str:
    """Return the configuration of nats-server (its format takes JSON).

    The passwords stand in it as they are: the file is as private as the accounts file beside it, which the
    station's processes need in clear anyway, and machine-made secrets of 192 bits gain nothing from bcrypt.
    """
    topics = Topics(place.station)
    folder = place.folder.absolute()
    host = f"[{place.host}]" if ":" in place.host else place.host
    config = {
        # Fixed: the store of another server name is not found again.
        "server_name": f"broker-{place.station}",
        # nats insists on a port for its own protocol; no account may use it, and no other device may reach it.
        "listen": "127.0.0.1:-1",
        "pid_file": str(folder / "broker.pid"),
        "log_file": str(folder / "broker.log"),
        "logfile_size_limit": LOG_BYTES,
        "logfile_max_num": 3,
        "jetstream": {
            "store_dir": str(folder / "jetstream"),
            "max_file_store": STORE_BYTES,
            "max_memory_store": MEMORY_BYTES,
            # fsync before each acknowledgement: what was acknowledged survives a power cut.
            "sync_interval": "always",
        },
        "mqtt": {
            "listen": f"{host}:{place.port}",
            "ack_wait": ACK_WAIT,
            "max_ack_pending": MAX_ACK_PENDING,
            "consumer_inactive_threshold": ORPHAN_AFTER,
            **_tls(place),
        },
        "websocket": {
            "listen": f"{host}:{place.ws_port}",
            **({"handshake_timeout": f"{HANDSHAKE_S}s"} | _tls(place) if place.tls else {"no_tls": True}),
        },
        "authorization": {"users": [_user(topics, accounts, client) for client in accounts.clients]},
    }
    return json.dumps(config, indent=1, ensure_ascii=False) + "\n"


def _tls(place: Place) -> dict[str, Any]:
    if not place.tls:
        return {}
    pair = str(place.tls.pair.absolute())
    return {"tls": {"cert_file": pair, "key_file": pair, "timeout": HANDSHAKE_S}}


def _user(topics: Topics, accounts: Accounts, client: str) -> dict[str, Any]:
    return {
        "user": client,
        "password": accounts.account(client).password,
        "allowed_connection_types": ["MQTT", "MQTT_WS"],
        "permissions": permissions(topics, client),
    }
