import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".svg": "image/svg+xml",
};

/** A plain file server: a folder under a path of its own, without any special header. */
export async function serveFolder(
  folder: string,
  base = "/some/where/",
): Promise<{ address: string; close(): Promise<void> }> {
  const server = createServer(async ({ url = "/" }, response): Promise<unknown> => {
    const { pathname } = new URL(url, "http://localhost");
    const path = decodeURIComponent(pathname);
    const file = path.endsWith("/") ? `${path}index.html` : path;
    try {
      // As servers of single-page apps do.
      if (path.startsWith(`${base}page/`))
        return response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html>");
      if (!path.startsWith(base)) throw new Error("outside");
      const body = await readFile(join(folder, normalize(`/${file.slice(base.length)}`)));
      return response.writeHead(200, { "Content-Type": types[extname(file)] ?? "application/octet-stream" }).end(body);
    } catch {
      return response.writeHead(404, { "Content-Type": "text/html" }).end("<!doctype html><h1>Not found</h1>");
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}${base}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
