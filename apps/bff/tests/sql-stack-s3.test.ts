import { describe, expect, test } from "vitest";
import { checksum, run, SqlStack } from "./sql-stack-world.ts";
import { swiftForThisFile } from "./world/swift.ts";

const swift = swiftForThisFile();

const WITH = "DATA SINK = ops.backups";
const FROM = "DATA SOURCE = ops.backups";

describe.each([1, 3])("The use case of the backup SQL, on S3, with %i ranks", { timeout: 240_000 }, (ranks) => {
  test("brings back what each snapshot held, also from a console that never saw the store", async () => {
    await using stack = await SqlStack.start(ranks);
    const { url, accessKeyId, secretAccessKey } = swift.server;
    const bucket = { url, accessKeyId, secretAccessKey, bucket: await swift.server.bucket() };
    const browser = await stack.consoleOnS3("one", bucket);
    await run(
      browser,
      `CREATE SCHEMA shop;
      CREATE TABLE shop.orders (id UInt64, what String) ENGINE = MergeTree ORDER BY id;
      CREATE TABLE shop.notes (note String) ENGINE = Log;
      INSERT INTO shop.orders SELECT number, toString(number) FROM numbers(10000);
      INSERT INTO shop.notes VALUES ('one')`,
    );
    const both = async () => [await checksum(browser, "shop.orders"), await checksum(browser, "shop.notes")];
    const first = await both();
    await run(browser, `CREATE BACKUP b ${WITH} OBJECTS (ALL = shop) WITH OPTIONS (CHECKSUM = true)`);
    await run(
      browser,
      `INSERT INTO shop.orders SELECT number, 'more' FROM numbers(10000, 500); INSERT INTO shop.notes VALUES ('two')`,
    );
    await run(browser, `BACKUP b ${WITH}`);
    const second = await both();
    const described = await run(browser, `DESCRIBE BACKUP b ${FROM}`);
    expect(described.map((row) => row[2])).toEqual(["full", "incremental"]);
    const restore = `RESTORE BACKUP b ${FROM} OBJECTS (ALL = shop)`;
    await run(browser, `DROP SCHEMA shop CASCADE; ${restore} WITH OPTIONS (BACKUP_ID = ${described[0]?.[1]})`);
    expect(await both()).toEqual(first);

    const fresh = await stack.consoleOnS3("two", bucket);
    await run(fresh, `${restore} WITH OPTIONS (RESTORE_POLICY = 'replace', CHECKSUM = true)`);
    expect(await both()).toEqual(second);
    await run(fresh, `ALTER BACKUP b ${WITH} MERGE; DROP SCHEMA shop CASCADE; ${restore}; VERIFY BACKUP b ${FROM}`);
    expect(await both()).toEqual(second);
    await run(fresh, `DROP BACKUP b ${WITH}`);
    expect(await run(fresh, `SHOW BACKUP * ${FROM}`)).toEqual([]);
  });
});
