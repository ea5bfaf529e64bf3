import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Browser } from "./world/browser.ts";
import { startWorld, type World } from "./world/start-world.ts";

const SCRIPT = "console.log('snapdeck');".repeat(50);

let dir: string;
let world: World;
let browser: Browser;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "snapdeck-page-"));
  await mkdir(join(dir, "page/assets"), { recursive: true });
  await writeFile(join(dir, "secret.txt"), "a secret");
  await writeFile(join(dir, "page/index.html"), "<!doctype html><title>Snapdeck</title>");
  await writeFile(join(dir, "page/assets/app-1a2b3c.js"), SCRIPT);
  await writeFile(join(dir, "page/assets/app-1a2b3c.js.br"), brotliCompressSync(SCRIPT));
  await writeFile(join(dir, "page/assets/app-1a2b3c.js.gz"), gzipSync(SCRIPT));
  await symlink(join(dir, "secret.txt"), join(dir, "page/link.txt"));
  world = await startWorld({ config: { staticDir: join(dir, "page") } });
  browser = world.browser();
});

afterAll(async () => {
  await world.stop();
  await rm(dir, { recursive: true });
});

const NAVIGATION = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

describe("The page", () => {
  test.each(["/", "/index.html", "/clusters/local/snapshots", "/setup"])(
    "is served at %s, and checked each time",
    async (path) => {
      const answer = await browser.ask("GET", path, { headers: NAVIGATION });
      expect(answer.text).toContain("<title>Snapdeck</title>");
      expect(answer.headers["cache-control"]).toBe("no-cache");
      expect(answer.headers["content-security-policy"]).toContain("script-src 'self'");
    },
  );

  test("is served at the address itself to those who take anything, such as curl", async () => {
    expect((await browser.ask("GET", "/", { headers: { accept: "*/*" } })).text).toContain("<title>Snapdeck</title>");
  });

  test("has assets that browsers keep for ever", async () => {
    const answer = await browser.ask("GET", "/assets/app-1a2b3c.js");
    expect(answer.text).toBe(SCRIPT);
    expect(answer.headers["content-type"]).toBe("text/javascript; charset=utf-8");
    expect(answer.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  });

  test("travels compressed to those who can read it", async () => {
    const answer = await browser.ask("GET", "/assets/app-1a2b3c.js", { headers: { "accept-encoding": "gzip, br" } });
    expect(answer.headers["content-encoding"]).toBe("br");
    expect(answer.headers.vary).toBe("accept-encoding");
    expect(brotliDecompressSync(answer.bytes).toString()).toBe(SCRIPT);
    const gzip = await browser.ask("GET", "/assets/app-1a2b3c.js", { headers: { "accept-encoding": "gzip" } });
    expect(gzip.headers["content-encoding"]).toBe("gzip");
    expect(gzip.headers.etag).not.toBe(answer.headers.etag);
  });

  test("is not sent again to those who have it", async () => {
    const { etag } = (await browser.ask("GET", "/index.html")).headers;
    const answer = await browser.ask("GET", "/index.html", { headers: { "if-none-match": etag } });
    expect(answer.status).toBe(304);
    expect(answer.text).toBe("");
  });

  test("answers HEAD with the length and nothing else", async () => {
    const answer = await browser.ask("HEAD", "/index.html");
    expect(answer.headers["content-length"]).toBe("38");
    expect(answer.text).toBe("");
  });
});

describe("What is not part of the page", () => {
  const missing = [
    { name: "an asset of another build", path: "/assets/app-ffffff.js", headers: NAVIGATION },
    { name: "a script that is not there", path: "/nothing.js", headers: { accept: "*/*" } },
    { name: "a file above the directory", path: "/..%2fsecret.txt", headers: {} },
    { name: "a file above the directory, plainly", path: "/../secret.txt", headers: {} },
    { name: "a link out of the directory", path: "/link.txt", headers: {} },
    { name: "an address of the API, even for a browser that navigates", path: "/api/nothing", headers: NAVIGATION },
    { name: "a compressed file by its own name", path: "/assets/app-1a2b3c.js.br", headers: {} },
  ];
  test.each(missing)("is not found: $name", async ({ path, headers }) => {
    const answer = await browser.ask("GET", path, { headers });
    expect(answer.problem()).toMatchObject({ status: 404, code: "route-not-found" });
    expect(answer.text).not.toContain("a secret");
  });
});
