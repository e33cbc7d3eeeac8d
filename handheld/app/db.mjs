// The device's own store, for what has to survive a reload. A write is on the disk when its promise resolves.
const NAME = "handheld";
const VERSION = 1;
const STORES = { outbox: "id", drafts: "key", memory: "key" };

let opening = null;

const settled = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

function open() {
  opening ??= (async () => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => Object.entries(STORES).forEach(([name, keyPath]) => request.result.createObjectStore(name, { keyPath }));
    const db = await settled(request);
    db.onversionchange = () => db.close();
    return db;
  })();
  return opening;
}

export async function all(store) {
  const db = await open();
  return settled(db.transaction(store).objectStore(store).getAll());
}

// One transaction: `puts` and `deletes` are lists of [store, value or key].
export async function write({ puts = [], deletes = [] }) {
  const db = await open();
  const names = [...new Set([...puts, ...deletes].map(([store]) => store))];
  const transaction = db.transaction(names, "readwrite", { durability: "strict" });
  puts.forEach(([store, value]) => transaction.objectStore(store).put(value));
  deletes.forEach(([store, key]) => transaction.objectStore(store).delete(key));
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
}
