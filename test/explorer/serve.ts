import { readFile } from "node:fs/promises";
import { join, normalize } from "node:path";
import { headersOf, listen } from "../browser/listen";

/** A plain file server: a folder under a path of its own, without any special header. */
export async function serveFolder(
  folder: string,
  base = "/some/where/",
): Promise<{ address: string; close(): Promise<void> }> {
  const { address, close } = await listen(async ({ url = "/" }, response): Promise<unknown> => {
    const { pathname } = new URL(url, "http://localhost");
    const path = decodeURIComponent(pathname);
    const file = path.endsWith("/") ? `${path}index.html` : path;
    try {
      // As servers of single-page apps do.
      if (path.startsWith(`${base}page/`))
        return response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html>");
      if (!path.startsWith(base)) throw new Error("outside");
      const body = await readFile(join(folder, normalize(`/${file.slice(base.length)}`)));
      return response.writeHead(200, headersOf(file)).end(body);
    } catch {
      return response.writeHead(404, { "Content-Type": "text/html" }).end("<!doctype html><h1>Not found</h1>");
    }
  });
  return { address: `${address}${base}`, close };
}
