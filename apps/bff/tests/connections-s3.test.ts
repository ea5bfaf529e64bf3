import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { connectionsWorld, LOCAL } from "./connections-world.ts";
import { temporaryState } from "./temporary-state.ts";
import { swiftForThisFile } from "./world/swift.ts";

const swift = swiftForThisFile();

async function s3World() {
  const { db } = await temporaryState();
  const world = connectionsWorld(db, { s3Endpoints: [swift.server.url] });
  const bucket = await swift.server.bucket();
  const key = (secret: string) =>
    world.run(
      `CREATE OR REPLACE CREDENTIAL key TYPE = 'aws_access_key', IDENTITY = '${swift.server.accessKeyId}', SECRET = '${secret}'`,
    );
  await key(swift.server.secretAccessKey);
  const { host } = new URL(swift.server.url);
  const options = `BUCKET NAME = '${bucket}', USE_HTTPS = FALSE, S3_USE_VIRTUAL_ADDRESSING = FALSE`;
  const sink = `CREATE DATA SINK s LOCATION = 'S3://${host}' WITH OPTIONS (CREDENTIAL = 'key', ${options})`;
  const source = `CREATE DATA SOURCE s LOCATION = 'S3://${host}' USER = '${swift.server.accessKeyId}' PASSWORD = '${swift.server.secretAccessKey}' WITH OPTIONS (${options})`;
  return { ...world, bucket, key, sink, source };
}

describe("A data sink on S3", () => {
  test("is tried out before it is made, and leads to a store that the engine reaches by the same key", async () => {
    const { run, catalog, sink, source, bucket } = await s3World();
    await run(sink);
    await run(source);
    expect((await swift.server.client.send(new ListObjectsV2Command({ Bucket: bucket }))).KeyCount).toBe(0);
    for (const use of ["sink", "source"] as const) {
      const store = await catalog.resolve(LOCAL, use, { name: "s" });
      expect(store.engine).toEqual({
        kind: "s3",
        url: `${swift.server.url}/${bucket}`,
        accessKeyId: swift.server.accessKeyId,
        secretAccessKey: swift.server.secretAccessKey,
      });
      expect(await store.list()).toEqual([]);
      store.close();
    }
  });

  test("is not made with a wrong key: each step is told, and no secret is", async () => {
    const { run, key, sink, db } = await s3World();
    await key("a-wrong-secret");
    const refused = await run(sink).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({ code: "connection-failed" });
    const detail = refused instanceof Error ? refused.message : "";
    for (const check of ["put failed", "get failed", "list failed", "multipart failed", "delete failed"]) {
      expect(detail).toContain(check);
    }
    expect(JSON.stringify([refused, await db.selectFrom("audit").selectAll().execute()])).not.toContain(
      "a-wrong-secret",
    );
    await expect(run("SHOW DATA SINK s")).rejects.toMatchObject({ code: "connection-not-found" });
    await run(sink.replace("CREDENTIAL", "VALIDATE = FALSE, CREDENTIAL"));
    await expect(run("ALTER DATA SINK s SET PROPERTY VALIDATE = TRUE")).rejects.toMatchObject({
      code: "connection-failed",
    });
  });

  test("is refused at an endpoint that the configuration does not allow, also without a test", async () => {
    const { sink, db } = await s3World();
    const { run } = connectionsWorld(db);
    for (const sql of [sink, sink.replace("CREDENTIAL", "VALIDATE = FALSE, CREDENTIAL")]) {
      await expect(run(sql)).rejects.toMatchObject({
        code: "not-supported",
        hint: expect.stringContaining(swift.server.url),
      });
    }
  });

  test("needs a credential that S3 takes", async () => {
    const { run, sink } = await s3World();
    await run("CREATE CREDENTIAL other TYPE = 'kafka'");
    await expect(run(sink.replace("'key'", "'other'"))).rejects.toMatchObject({
      code: "not-supported",
      detail: expect.stringContaining("of type kafka"),
    });
    await expect(run(sink.replace("CREDENTIAL = 'key', ", ""))).rejects.toMatchObject({ code: "bad-request" });
    await expect(run(sink.replace("'key'", "'kye'"))).rejects.toMatchObject({ code: "connection-not-found" });
  });
});
