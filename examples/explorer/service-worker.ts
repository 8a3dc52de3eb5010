/** Keeps what was loaded, so that the page works without a network from then on. */
export {};

/** A service worker's global scope, as far as it is used here: the DOM's types have only a page's. */
interface WorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: Lasting) => void): void;
  addEventListener(type: "fetch", listener: (event: Fetching) => void): void;
  addEventListener(type: "message", listener: (event: Lasting & { readonly data: unknown }) => void): void;
}

interface Lasting {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetching extends Lasting {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

declare const self: WorkerScope;
/** The files of the page, written in by the build. */
declare const __FILES__: readonly string[];

const files = __FILES__;
/** Another build has other files, so another cache. */
const NAME = `explorer-${files.join().length}-${files
  .join()
  .split("")
  .reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) | 0, 7)}`;
const OURS = /^explorer-/;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll([...files])));
  void self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  const outdated = async () => {
    const names = (await caches.keys()).filter((name) => OURS.test(name) && name !== NAME);
    await Promise.all(names.map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(outdated());
});

/** The page tells what it loaded before this worker was there. */
self.addEventListener("message", (event) => {
  const { data } = event;
  if (!Array.isArray(data)) return;
  const urls = data.filter((url) => typeof url === "string" && url.startsWith(self.registration.scope));
  event.waitUntil(caches.open(NAME).then((cache) => Promise.allSettled(urls.map((url) => cache.add(url)))));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && request.url.startsWith(self.registration.scope)) event.respondWith(answer(request));
});

/** Files with a hash in their names never change; all others are asked for first, and kept for when there is no network. */
async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  const kept = () => cache.match(request, { ignoreSearch: true });
  if (request.url.includes("/assets/")) {
    const known = await kept();
    if (known !== undefined) return known;
  }
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const known = await kept();
    if (known !== undefined) return known;
    throw error;
  }
}
