import { once } from "node:events";
import { connect, createServer, type Server } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { StoreAccess } from "../src/sql/store-access.ts";
import { connectionsWorld, LOCAL } from "./connections-world.ts";
import { temporaryState } from "./temporary-state.ts";
import { swiftForThisFile } from "./world/swift.ts";

const swift = swiftForThisFile();
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A way to Swift on which connections are counted. */
async function countedWay() {
  let [open, ever] = [0, 0];
  const server = createServer((client) => {
    open += 1;
    ever += 1;
    const { hostname, port } = new URL(swift.server.url);
    const upstream = connect(Number(port), hostname);
    client.pipe(upstream).pipe(client);
    client.on("error", () => upstream.destroy());
    upstream.on("error", () => client.destroy());
    client.on("close", () => {
      open -= 1;
      upstream.destroy();
    });
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}`, open: () => open, ever: () => ever };
}

describe("A store on S3", () => {
  test("keeps no connection open when the statement that opened it has ended", async () => {
    const way = await countedWay();
    const { db } = await temporaryState();
    const { run, catalog } = connectionsWorld(db, { s3Endpoints: [way.url] });
    const { accessKeyId, secretAccessKey } = swift.server;
    await run(
      `CREATE CREDENTIAL key TYPE = 'aws_access_key', IDENTITY = '${accessKeyId}', SECRET = '${secretAccessKey}'`,
    );
    await run(
      `CREATE DATA SINK s LOCATION = 'S3://${new URL(way.url).host}' WITH OPTIONS (CREDENTIAL = 'key', VALIDATE = FALSE,
      BUCKET NAME = '${await swift.server.bucket()}', USE_HTTPS = FALSE, S3_USE_VIRTUAL_ADDRESSING = FALSE)`,
    );
    const stores = new StoreAccess(catalog, { lastSucceeded: async () => [] });
    const sink = { use: "sink", name: { name: "s" } } as const;
    for (let round = 1; round <= 3; round += 1) {
      await stores.during(LOCAL, sink, async (store) => {
        expect(await store.list()).toEqual([]);
        expect(way.open()).toBeGreaterThan(0);
      });
      await vi.waitFor(() => expect(way.open()).toBe(0));
      expect(way.ever()).toBeGreaterThanOrEqual(round);
    }
    const failing = stores.during(LOCAL, sink, async (store) => {
      await store.list();
      throw new Error("the statement failed");
    });
    await expect(failing).rejects.toThrow("the statement failed");
    await vi.waitFor(() => expect(way.open()).toBe(0));
  });
});
