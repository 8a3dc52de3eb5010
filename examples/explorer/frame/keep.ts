/** Keeps the page and its models for later, without a network. Where a browser or server has no service workers, nothing is lost. */
export async function keepForLater(addresses: readonly string[]): Promise<void> {
  if (!("serviceWorker" in navigator) || !window.isSecureContext) return;
  try {
    await navigator.serviceWorker.register(new URL("service-worker.js", document.baseURI));
    const { active } = await navigator.serviceWorker.ready;
    active?.postMessage(savesData() ? loaded() : [...new Set([...loaded(), ...addresses])]);
  } catch {
    // Such as a private window: the page works as before, but only with a network.
  }
}

/** What this page has loaded so far, before the worker was there. */
const loaded = (): string[] => performance.getEntriesByType("resource").map(({ name }) => name);

/** Whether the visitor asked for little traffic. */
function savesData(): boolean {
  const connection: unknown = Reflect.get(navigator, "connection");
  return typeof connection === "object" && connection !== null && Reflect.get(connection, "saveData") === true;
}
