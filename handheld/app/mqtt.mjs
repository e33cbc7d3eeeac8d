// One connection to the station's broker, that comes back by itself.
// Each connection is a new client: nothing that was in flight is sent later behind our back.
import { firstScreen } from "./first.mjs";

// Large, and not needed for the first screen.
const loading = firstScreen.then(() => import("mqtt"));

const RETRY_MS = 1000;
const BAD_ACCOUNT = new Set([4, 5]);

export function openLink(pairing, { onMessage, onChange }) {
  const presence = `station/${pairing.station}/client/${pairing.client}/presence`;
  const present = (online) => JSON.stringify({ v: 1, client: pairing.client, online });
  const filters = new Map();
  let mqtt = null;
  let client = null;
  let timer = 0;
  let closed = false;

  function connect() {
    clearTimeout(timer);
    if (closed || client || !mqtt) return;
    const mine = mqtt.connect(pairing.ws_url, {
      protocolVersion: 4,
      clientId: pairing.client,
      username: pairing.client,
      password: pairing.password,
      clean: true,
      keepalive: 10,
      connectTimeout: 5000,
      reconnectPeriod: 0,
      resubscribe: false,
      timerVariant: "native",
      will: { topic: presence, payload: present(false), qos: 1, retain: true },
    });
    client = mine;
    mine.on("connect", ready);
    mine.on("message", (topic, payload) => onMessage(topic, payload.toString()));
    mine.on("error", (error) => BAD_ACCOUNT.has(error.code) && refused());
    mine.on("close", () => mine === client && lost());
  }

  function ready() {
    for (const [filter, qos] of filters) client.subscribe(filter, { qos });
    client.publish(presence, present(true), { qos: 1, retain: true });
    onChange("connected");
  }

  function drop() {
    const old = client;
    client = null;
    old?.end(true);
  }

  function lost() {
    drop();
    if (closed) return;
    onChange("offline");
    timer = setTimeout(connect, RETRY_MS);
  }

  function refused() {
    closed = true;
    drop();
    onChange("refused");
  }

  const now = () => document.visibilityState === "visible" && connect();
  addEventListener("online", now);
  document.addEventListener("visibilitychange", now);
  loading.then((module) => {
    mqtt = module.default;
    connect();
  });

  return {
    get connected() {
      return Boolean(client?.connected);
    },
    subscribe(filter, qos = 1) {
      filters.set(filter, qos);
      if (client?.connected) client.subscribe(filter, { qos });
    },
    unsubscribe(filter) {
      filters.delete(filter);
      if (client?.connected) client.unsubscribe(filter);
    },
    publish(topic, payload) {
      if (client?.connected) client.publish(topic, payload, { qos: 1 });
    },
    close() {
      closed = true;
      clearTimeout(timer);
      removeEventListener("online", now);
      document.removeEventListener("visibilitychange", now);
      drop();
    },
  };
}
