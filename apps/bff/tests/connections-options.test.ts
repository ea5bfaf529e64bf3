import { DATA_SINK_OPTIONS, DATA_SOURCE_OPTIONS } from "@snapdeck/backup-sql/options/connection-options";
import { CREDENTIAL_OPTIONS } from "@snapdeck/backup-sql/options/credential-options";
import type { OptionDefinition } from "@snapdeck/backup-sql/options/option-table";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Provider } from "../src/connections/provider.ts";
import { connectionsWorld } from "./connections-world.ts";
import { temporaryDirectory, temporaryState } from "./temporary-state.ts";
import { swiftForThisFile } from "./world/swift.ts";

/** Taken by its path, because it stands in the tests of another package. */
const { FaultProxy } = await import(
  new URL("../../../packages/object-store/tests/fault-proxy.ts", import.meta.url).href
);

type SinkOption = keyof typeof DATA_SINK_OPTIONS;
type AnyOption = SinkOption | keyof typeof DATA_SOURCE_OPTIONS;

/** What an option comes to where the store is S3: requests that look so, or a refusal. */
type Comes = {
  readonly value: string;
  readonly asks?: RegExp;
  readonly refused?: readonly [code: string, saying: RegExp];
};

/** What S3 has no use for. */
const meansNothing = (value: string): Comes => ({ value, refused: ["bad-request", /mean nothing to S3/] });

const ON_S3: Record<AnyOption, readonly Comes[]> = {
  credential: [
    { value: "'key'", asks: /Credential=ACCESS-KEY\// },
    { value: "'absent'", refused: ["connection-not-found", /no credential default\.absent/] },
  ],
  validate: [{ value: "TRUE", asks: /^PUT / }, { value: "FALSE" }],
  waitTimeoutSeconds: [{ value: "30", asks: /^PUT / }],
  connectionTimeoutSeconds: [{ value: "3", asks: /^PUT / }],
  useManagedCredentials: [
    { value: "FALSE", asks: /^PUT / },
    { value: "TRUE", refused: ["not-supported", /USE_MANAGED_CREDENTIALS/] },
  ],
  useHttps: [
    { value: "FALSE", asks: /^PUT / },
    { value: "TRUE", refused: ["not-supported", /https:\/\/127\.0\.0\.1/] },
  ],
  bucketName: [
    { value: "'BUCKET'", asks: /^PUT \/BUCKET\// },
    { value: "'../etc'", refused: ["bad-request", /no name of a bucket/] },
    { value: "'no-such-bucket'", refused: ["connection-failed", /put failed.*bucket/] },
  ],
  region: [
    { value: "'us-east-1'", asks: /Credential=\S+\/us-east-1\/s3\// },
    { value: "'eu-west-1'", refused: ["not-supported", /sign for the region eu-west-1/] },
  ],
  s3AwsRoleArn: [{ value: "'arn:aws:iam::1:role/x'", refused: ["not-supported", /S3_AWS_ROLE_ARN/] }],
  s3EncryptionCustomerAlgorithm: [{ value: "'AES256'", refused: ["bad-request", /256 bits/] }],
  s3EncryptionCustomerKey: [{ value: "'k'", refused: ["bad-request", /CUSTOMER_ALGORITHM/] }],
  s3EncryptionType: [{ value: "'aws:kms'", refused: ["not-supported", /encryption of each object/] }],
  s3KmsKeyId: [{ value: "'k'", refused: ["not-supported", /encryption of each object/] }],
  s3UseVirtualAddressing: [
    { value: "FALSE", asks: /^PUT \/BUCKET\// },
    { value: "TRUE", refused: ["not-supported", /reach a bucket by its name before/] },
  ],
  s3VerifySsl: [
    { value: "TRUE", asks: /^PUT / },
    { value: "FALSE", asks: /^PUT / },
  ],
  containerName: [meansNothing("'c'")],
  storageAccountName: [meansNothing("'a'")],
  tenantId: [meansNothing("'t'")],
  sasToken: [meansNothing("'s'")],
  gcsBucketName: [meansNothing("'g'")],
  gcsProjectId: [meansNothing("'p'")],
  gcsServiceAccountKeys: [meansNothing("'{}'")],
  delegationToken: [meansNothing("'d'")],
  kerberosKeytab: [meansNothing("'k'")],
  useKerberos: [meansNothing("TRUE")],
  kafkaTopicName: [meansNothing("'t'")],
  jdbcDriverClassName: [meansNothing("'c'")],
  jdbcDriverJarPath: [meansNothing("'j'")],
  jsonFormat: [meansNothing("flat")],
  maxBatchSize: [meansNothing("1")],
  maxMessageSizeBytes: [meansNothing("1")],
  schemaRegistryCredential: [meansNothing("'s.c'")],
  schemaRegistryLocation: [meansNothing("'h'")],
  schemaRegistryPort: [meansNothing("8081")],
};

/** Where each provider's data would be, with the options that are its own. */
const ELSEWHERE: Record<Exclude<Provider, "FILE" | "S3">, readonly [location: string, options: string]> = {
  AZURE: ["AZURE://account.blob.core.windows.net", "CONTAINER NAME = 'c', STORAGE ACCOUNT NAME = 'a', TENANT ID = 't'"],
  GCS: ["GCS", "GCS_BUCKET_NAME = 'g', GCS_PROJECT_ID = 'p', GCS_SERVICE_ACCOUNT_KEYS = '{}'"],
  HDFS: ["HDFS://host:8020", "DELEGATION TOKEN = 'd', KERBEROS KEYTAB = 'k', USE KERBEROS = TRUE"],
  KAFKA: ["KAFKA://host:9092", "KAFKA_TOPIC_NAME = 't'"],
  CONFLUENT: ["CONFLUENT://host:9092", "KAFKA_TOPIC_NAME = 't'"],
  JDBC: ["jdbc:postgresql://host/d", "JDBC_DRIVER_CLASS_NAME = 'c', JDBC_DRIVER_JAR_PATH = 'j'"],
  TABLE: ["TABLE://shop.orders", "WAIT TIMEOUT = 3"],
  WEBHOOK: ["https://host/hook", "CREDENTIAL = 'key'"],
};

const swift = swiftForThisFile();
let proxy: Awaited<ReturnType<typeof FaultProxy.start>>;
let bucket: string;

beforeAll(async () => {
  proxy = await FaultProxy.start(swift.server.url);
  bucket = await swift.server.bucket();
});
afterAll(() => proxy?.stop());

const at = (pattern: RegExp) =>
  new RegExp(pattern.source.replace("BUCKET", bucket).replace("ACCESS-KEY", swift.server.accessKeyId));

async function world() {
  const endpoint = `http://127.0.0.1:${proxy.port}`;
  const made = connectionsWorld((await temporaryState()).db, {
    s3Endpoints: [endpoint],
    roots: [temporaryDirectory()],
  });
  await made.run(
    `CREATE CREDENTIAL key TYPE = 'aws_access_key', IDENTITY = '${swift.server.accessKeyId}', SECRET = '${swift.server.secretAccessKey}'`,
  );
  const given = {
    CREDENTIAL: "'key'",
    "BUCKET NAME": `'${bucket}'`,
    USE_HTTPS: "FALSE",
    S3_USE_VIRTUAL_ADDRESSING: "FALSE",
  };
  const sink = (sql: string, value: string, what = "SINK") => {
    const options = Object.entries({ ...given, [sql]: value.replace("BUCKET", bucket) });
    const words = options.map((each) => each.join(" = ")).join(", ");
    return `CREATE OR REPLACE DATA ${what} s LOCATION = 'S3://127.0.0.1:${proxy.port}' WITH OPTIONS (${words})`;
  };
  return { ...made, sink };
}

const failure = (work: Promise<unknown>) =>
  work.then(
    () => new Error("it was not refused"),
    (thrown: unknown) => thrown,
  );

const cases = Object.entries(ON_S3).flatMap(([key, comings]) => {
  const tables: Readonly<Record<string, OptionDefinition>> = { ...DATA_SOURCE_OPTIONS, ...DATA_SINK_OPTIONS };
  const sql = tables[key]?.sql ?? key;
  return comings.map((comes) => [`${sql} = ${comes.value}`, { key, sql, comes }] as const);
});

describe("On S3", () => {
  test.each(cases)("%s is seen in what the server is asked, or is refused for what it means", async (_, each) => {
    const { sql, comes, key } = each;
    const { run, sink } = await world();
    const what = key in DATA_SINK_OPTIONS ? "SINK" : "SOURCE";
    proxy.heads.length = 0;
    if (comes.refused === undefined) {
      await run(sink(sql, comes.value, what));
      if (comes.asks === undefined) expect(proxy.heads).toEqual([]);
      else expect(proxy.heads).toContainEqual(expect.stringMatching(at(comes.asks)));
      return;
    }
    const [code, saying] = comes.refused;
    const refused = await failure(run(sink(sql, comes.value, what)));
    expect(refused).toMatchObject({ code, detail: expect.stringMatching(saying) });
    expect(refused).toBeInstanceOf(SnapdeckError);
    await expect(run(`SHOW DATA ${what} s`)).rejects.toMatchObject({ code: "connection-not-found" });
  });

  test("WAIT TIMEOUT ends the wait for a server that says nothing", async () => {
    const { run, sink } = await world();
    proxy.arm({ kind: "black-hole" });
    const begun = performance.now();
    const refused = await failure(run(sink("WAIT TIMEOUT", "1", "SOURCE")));
    proxy.arm(undefined);
    expect(refused).toMatchObject({ code: "connection-failed" });
    // Two steps of 4.5 s each; without the option one alone would take 45 s.
    expect(performance.now() - begun).toBeLessThan(30_000);
  });
});

describe("In a directory", () => {
  const usable = ["validate", "waitTimeoutSeconds", "connectionTimeoutSeconds"];

  test.each(cases.filter(([, { key }]) => !usable.includes(key)))(
    "%s means nothing, and is refused",
    async (title, each) => {
      const { run } = await world();
      const what = each.key in DATA_SINK_OPTIONS ? "SINK" : "SOURCE";
      const sql = `CREATE DATA ${what} s LOCATION = 'FILE:///somewhere' WITH OPTIONS (${title}, VALIDATE = FALSE)`;
      expect(await failure(run(sql))).toMatchObject({
        code: expect.stringMatching(/^(bad-request|connection-not-found)$/),
      });
      await expect(run(`SHOW DATA ${what} s`)).rejects.toMatchObject({ code: "connection-not-found" });
    },
  );
});

describe("A connection to another provider", () => {
  test.each(Object.entries(ELSEWHERE))(
    "is understood with its own options, and refused: %s",
    async (provider, each) => {
      const { run } = await world();
      const [location, options] = each;
      for (const what of ["SINK", "SOURCE"]) {
        const sql = `CREATE EXTERNAL DATA ${what} s LOCATION = '${location}' WITH OPTIONS (${options})`;
        expect(await failure(run(sql))).toMatchObject({
          code: "not-supported",
          detail: expect.stringContaining(`backups ${what === "SINK" ? "to" : "from"} ${provider}`),
          hint: expect.stringContaining("directories and in S3"),
        });
      }
    },
  );
});

describe("A credential", () => {
  const sample = (definition: OptionDefinition): string =>
    definition.type === "boolean"
      ? "true"
      : definition.type === "choice"
        ? `'${definition.choices[0]}'`
        : "'some-text'";
  const options: [string, OptionDefinition][] = Object.values(CREDENTIAL_OPTIONS).map((each) => [each.sql, each]);

  test.each(options)(
    "keeps %s, shows it unless it is a secret, and loses it when it is set to nothing",
    async (sql, definition) => {
      const { run, first } = await world();
      const written = sql.includes(".") ? `'${sql}'` : sql;
      await run(`CREATE CREDENTIAL ops.c TYPE = 'kafka' WITH OPTIONS (${written} = ${sample(definition)})`);
      const isSecret = definition.type === "text" && definition.secret === true;
      const shown = isSecret ? "'***'" : sample(definition);
      const [ddl] = await first("SHOW CREDENTIAL ops.c");
      expect(ddl).toContain(`= ${shown})`);
      expect(JSON.stringify(await run("DESCRIBE CREDENTIAL ops.c")).includes("some-text")).toBe(
        definition.type === "text" && !isSecret,
      );
      if (definition.type !== "text") return;
      await run(`ALTER CREDENTIAL ops.c SET PROPERTY ${written} = ''`);
      expect(await first("SHOW CREDENTIAL ops.c")).toEqual(["CREATE CREDENTIAL ops.c TYPE = 'kafka'"]);
    },
  );
});
