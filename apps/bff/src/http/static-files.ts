import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import type { RequestHandler } from "express";

type Encoding = "br" | "gzip" | "identity";
type Variant = { readonly bytes: Buffer; readonly etag: string };
type StaticFile = {
  readonly type: string;
  readonly cacheControl: string;
  readonly variants: ReadonlyMap<Encoding, Variant>;
};

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
};

/** The best first: browsers name those they can read, and mean no order by it. */
const COMPRESSED: readonly [Encoding, string][] = [
  ["br", ".br"],
  ["gzip", ".gz"],
];

/** The workbench's build puts files whose name holds a hash of their contents here, and no others. */
const HASHED = "/assets/";

function cacheControlOf(path: string): string {
  return path.startsWith(HASHED) ? "public, max-age=31536000, immutable" : "no-cache";
}

function variantOf(bytes: Buffer): Variant {
  return { bytes, etag: `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"` };
}

async function readTree(dir: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = new Map<string, Buffer>();
  for (const entry of entries) {
    // Links are left out: they could lead out of the directory.
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(`/${relative(dir, file).split(sep).join("/")}`, await readFile(file));
  }
  return files;
}

/** Reads the built workbench into memory, so that every page is served from one build and no path can lead elsewhere. */
async function load(dir: string): Promise<Map<string, StaticFile>> {
  const tree = await readTree(dir);
  const files = new Map<string, StaticFile>();
  for (const [path, bytes] of tree) {
    const type = TYPES[extname(path)];
    if (type === undefined) continue;
    const variants = new Map<Encoding, Variant>([["identity", variantOf(bytes)]]);
    for (const [encoding, suffix] of COMPRESSED) {
      const compressed = tree.get(path + suffix);
      if (compressed !== undefined) variants.set(encoding, variantOf(compressed));
    }
    files.set(path, { type, cacheControl: cacheControlOf(path), variants });
  }
  return files;
}

/**
 * Serves the built workbench: hashed assets for ever, everything else checked each time, and the page itself wherever a browser
 * navigates that is not the API. Leaves all other requests to what comes after.
 */
export async function staticFiles(dir: string): Promise<RequestHandler> {
  const files = await load(dir);
  return (request, response, next) => {
    if (request.method !== "GET" && request.method !== "HEAD") return next();
    const { path } = request;
    const navigates = request.headers.accept?.includes("text/html") === true;
    const isPage = navigates && !path.startsWith("/api/") && !path.startsWith(HASHED);
    // The address itself is the page for whoever asks, curl included.
    const file = files.get(path === "/" ? "/index.html" : path) ?? (isPage ? files.get("/index.html") : undefined);
    if (file === undefined) return next();
    const acceptable = ([name]: (typeof COMPRESSED)[number]) =>
      file.variants.has(name) && request.acceptsEncodings(name) === name;
    const encoding = COMPRESSED.find(acceptable)?.[0] ?? "identity";
    const variant = file.variants.get(encoding);
    if (variant === undefined) return next();
    response.setHeader("content-type", file.type);
    response.setHeader("cache-control", file.cacheControl);
    response.setHeader("etag", variant.etag);
    response.setHeader("vary", "accept-encoding");
    if (encoding !== "identity") response.setHeader("content-encoding", encoding);
    if (request.fresh) {
      response.status(304).end();
      return;
    }
    response.setHeader("content-length", variant.bytes.length);
    response.end(request.method === "HEAD" ? undefined : variant.bytes);
  };
}
