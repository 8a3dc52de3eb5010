import { abortable } from "../../abortable";
import { builtin } from "../../builtin";
import { directoryAccess } from "./directory";
import { type Access, type Found, partsOfChunks, type ReadOptions } from "./file-parts";

/** The file is missing. Object stores also answer 403 if the client may not list files. */
const ABSENT = [204, 403, 404, 410];

/** The files below a URL. */
export async function urlAccess(where: string, url: URL): Promise<Access> {
  if (url.protocol === "file:") return directoryAccess(await pathOf(where, url));
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new RangeError(`${where}: the URL ${url} must begin with http:, https: or file:`);
  }
  if (url.username !== "" || url.password !== "")
    throw new RangeError(
      `${where}: the URL of ${url.host} has a user name or a password, which fetch refuses; pass an object whose read(name) sends them`,
    );
  return {
    name: shown(url).replace(/\/$/, ""),
    open: (file, options) => fetchFile(url, file, options),
    holds: (file, signal) => answersFor(fileUrl(url, file), signal),
  };
}

/** @throws RangeError if the file: URL names no path of this machine, as with a host */
export async function pathOf(where: string, url: URL): Promise<string> {
  const { fileURLToPath } = await builtin("node:url");
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new RangeError(`${where}: the URL ${url} is not the path of a file; write file:///, then the path`, {
      cause: error,
    });
  }
}

/** Whether a text is a URL rather than a path; a Windows drive is not followed by slashes. */
export const isUrl = (text: string): boolean => /^[a-z][a-z0-9+.-]+:\/\//i.test(text);

/** @throws RangeError if the URL is invalid */
export function parseUrl(where: string, text: string, base?: string): URL {
  try {
    return new URL(text, base);
  } catch (error) {
    throw new RangeError(`${where}: ${JSON.stringify(text)} is not a valid URL`, { cause: error });
  }
}

/** Without the query, which may hold a signature. */
const shown = (url: URL) => `${url.origin}${url.pathname}`;

async function fetchFile(directory: URL, file: string, options: ReadOptions): Promise<Found> {
  const url = fileUrl(directory, file);
  const { signal } = options;
  const response = await named(url, signal, () => fetch(url, signal === undefined ? {} : { signal }));
  const absent = absence(response);
  if (absent === undefined && response.ok)
    return { parts: partsOfChunks(await readBody(response, url, file, options)) };
  response.body?.cancel().catch(() => {});
  if (absent !== undefined) return { cause: new Error(`${shown(url)}: ${absent}`) };
  throw new Error(`fetching ${shown(url)}: the server answered ${response.status} ${response.statusText}`);
}

/** Whether a server has a file. Uses a HEAD request, because the file may be large. */
async function answersFor(url: URL, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    const response = await abortable(signal, () => fetch(url, { method: "HEAD", ...(signal && { signal }) }));
    return response.ok && absence(response) === undefined;
  } catch (error) {
    if (signal?.aborted) throw error;
    return false;
  }
}

function absence(response: Response): string | undefined {
  if (ABSENT.includes(response.status)) return `the server answered ${response.status} ${response.statusText}`;
  // Servers of single-page apps answer unknown paths with their start page; model directories contain no HTML.
  const page = response.ok && /^(text\/html|application\/xhtml)/i.test(response.headers.get("content-type") ?? "");
  return page ? "the server answered with a web page" : undefined;
}

/** A file's URL, which keeps the directory's query string: signed links need it. */
function fileUrl(directory: URL, file: string): URL {
  const url = new URL(directory);
  const name = file.split("/").map(encodeURIComponent).join("/");
  url.pathname = url.pathname.endsWith("/") ? url.pathname + name : `${url.pathname}/${name}`;
  return url;
}

/** Adds the URL to a network error, whose own message is often only "fetch failed" or "terminated". */
async function named<T>(url: URL, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await abortable(signal, work);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw new Error(`fetching ${shown(url)}: ${reasonOf(error)}`, { cause: error });
  }
}

/** The messages of an error and its causes. */
function reasonOf(error: unknown): string {
  const reasons: string[] = [];
  for (let cause = error; reasons.length < 5 && typeof cause === "object" && cause !== null; ) {
    const { message, code, cause: next }: { message?: unknown; code?: unknown; cause?: unknown } = cause;
    // If several addresses were tried, only the code gives the reason.
    reasons.push(typeof message === "string" && message !== "" ? message : String(code ?? "no reason given"));
    cause = next;
  }
  return reasons.length > 0 ? reasons.join(": ") : String(error);
}

/** @throws Error if the body is truncated */
async function readBody(
  response: Response,
  url: URL,
  file: string,
  { onProgress, signal }: ReadOptions,
): Promise<Uint8Array[]> {
  const expected = expectedLength(response);
  const chunks: Uint8Array[] = [];
  let loaded = 0;
  const body = response.body?.getReader();
  try {
    for (;;) {
      const { done, value } = await named(url, signal, async () => body?.read() ?? { done: true, value: undefined });
      if (value === undefined || done) break;
      chunks.push(value);
      loaded += value.length;
      // A page cannot see that a response of another origin is compressed; then it is longer than declared.
      const total = expected !== undefined && loaded <= expected ? { total: expected } : {};
      onProgress?.({ file, loaded, ...total });
    }
  } catch (error) {
    body?.cancel().catch(() => {});
    throw error;
  }
  if (expected !== undefined && loaded !== expected && response.type !== "cors")
    throw new Error(`fetching ${shown(url)}: the response has ${loaded} bytes, but its header declares ${expected}`);
  return chunks;
}

/** Content-Length counts the bytes sent, which is not the file's size if the response is compressed. */
function expectedLength(response: Response): number | undefined {
  const length = Number(response.headers.get("content-length") ?? Number.NaN);
  const coding = response.headers.get("content-encoding") ?? "identity";
  return coding === "identity" && Number.isSafeInteger(length) ? length : undefined;
}
