import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { z } from "zod";

const PROGRAM = fileURLToPath(new URL("./swift_server.py", import.meta.url));

const Ready = z.object({ url: z.url(), pid: z.int() });

/** An S3 server of a test's own, in a directory of its own. */
export type SwiftServer = {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The AWS SDK as anybody would use it, to plant and to look. */
  readonly client: S3Client;
  /** Makes a bucket with a name that no other has, and answers it. */
  bucket(): Promise<string>;
  stop(): Promise<void>;
};

/**
 * Starts OpenStack Swift with its S3 API on free ports of loopback; needs Debian's packages, which `npm test` installs. By default it
 * refuses conditional PUTs, as Debian's version does.
 */
export async function startSwift(options: { conditionalPuts?: boolean } = {}): Promise<SwiftServer> {
  const { SWIFT_PYTHON: python = "/usr/bin/python3" } = process.env;
  const home = await mkdtemp(join(tmpdir(), "snapdeck-swift-"));
  const accessKeyId = "console:backup";
  const secretAccessKey = "a-secret-of-the-test-server";
  const flags = options.conditionalPuts === true ? ["--conditional-puts"] : [];
  const child = spawn(python, [PROGRAM, home, accessKeyId, secretAccessKey, ...flags], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-20_000)));
  const exited = once(child, "exit");
  const firstLine = once(createInterface(child.stdout), "line");
  const line = await Promise.race([
    firstLine.then(([text]) => String(text)),
    exited.then(() => undefined),
    once(child, "error").then(() => undefined),
  ]);
  if (line === undefined) {
    await rm(home, { recursive: true, force: true });
    throw new Error(`Swift did not start: run npm test, which installs it\n${said}`);
  }
  const { url } = Ready.parse(JSON.parse(line));
  const client = new S3Client({
    endpoint: url,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  let buckets = 0;
  return {
    url,
    accessKeyId,
    secretAccessKey,
    client,
    async bucket() {
      buckets += 1;
      const name = `backups-${buckets}`;
      await client.send(new CreateBucketCommand({ Bucket: name }));
      return name;
    },
    async stop() {
      client.destroy();
      child.kill("SIGTERM");
      await exited;
      await rm(home, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
