import type { OnProgress } from "./progress";

/**
 * Fetches one file of a directory's URL; undefined where the server has none.
 *
 * @throws Error for any other answer than the file
 */
export async function fetchFile(
  directory: URL,
  file: string,
  onProgress?: OnProgress,
): Promise<Uint8Array | undefined> {
  const url = fileUrl(directory, file);
  const response = await fetch(url);
  if (response.status === 404 || response.status === 410) return undefined;
  if (!response.ok) throw new Error(`fetching ${url}: the server answered ${response.status} ${response.statusText}`);
  // Servers of single-page apps answer an unknown path with their start page; a model directory holds no HTML.
  if (response.headers.get("content-type")?.startsWith("text/html")) return undefined;
  if (onProgress === undefined || response.body === null) return new Uint8Array(await response.arrayBuffer());
  return readBody(response.body, expectedLength(response), (loaded, total) =>
    onProgress({ file, loaded, ...(total === undefined ? {} : { total }) }),
  );
}

/** The file beside the directory's own query string, as signed links have one. */
function fileUrl(directory: URL, file: string): URL {
  const url = new URL(directory);
  const name = file.split("/").map(encodeURIComponent).join("/");
  url.pathname = url.pathname.endsWith("/") ? url.pathname + name : `${url.pathname}/${name}`;
  return url;
}

/** Content-Length counts the bytes on the wire, which says nothing of a compressed file. */
function expectedLength(response: Response): number | undefined {
  const length = response.headers.get("content-length");
  return length === null || response.headers.has("content-encoding") ? undefined : Number(length);
}

async function readBody(
  body: ReadableStream<Uint8Array>,
  total: number | undefined,
  report: (loaded: number, total: number | undefined) => void,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let loaded = 0;
  for (const reader = body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    loaded += value.length;
    report(loaded, total);
  }
  const bytes = new Uint8Array(loaded);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
