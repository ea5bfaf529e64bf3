import { randomUUID } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { answerOf } from "./s3-answer.ts";
import { listUploads } from "./s3-listing.ts";
import { CLOCK_HINT } from "./s3-meanings.ts";
import { customerKeyOf, isNoSuchKey, md5Base64, serverSideOf } from "./s3-requests.ts";
import { S3Session } from "./s3-session.ts";
import type { S3StoreOptions } from "./s3-store-options.ts";

export type ConnectionCheck = "list" | "put" | "get" | "multipart" | "delete" | "clock";

/** What a test of the connection found out about one thing that backups need. */
export type CheckedConnection = {
  readonly check: ConnectionCheck;
  readonly isOk: boolean;
  /** What was found, for the operator. */
  readonly detail: string;
  /** What to do about it. */
  readonly hint?: string;
};

/** From there on Amazon refuses requests, in milliseconds; the engine's own writer does not correct for it. */
const MAX_SKEW_MS = 15 * 60 * 1_000;

const FOLDER = ".snapdeck-connection-test";

/**
 * Tries what backups need of a store, one after the other, all of it whatever fails; what it writes it removes again. A data source is
 * only read from: nothing is written, and `get` asks for an object that is not there.
 * @param clock milliseconds since 1970, as `Date.now`
 */
export async function testConnection(
  options: S3StoreOptions,
  use: "sink" | "source",
  clock: () => number = Date.now,
): Promise<CheckedConnection[]> {
  const session = new S3Session(options);
  try {
    return await new ConnectionTest(session, options, clock).run(use);
  } finally {
    session.close();
  }
}

class ConnectionTest {
  readonly #session: S3Session;
  readonly #options: S3StoreOptions;
  readonly #folder: string;
  readonly #contents = new TextEncoder().encode(`written by a test of the connection ${randomUUID()}`);
  readonly #done: CheckedConnection[] = [];
  #skewMs: number | undefined;

  constructor(session: S3Session, options: S3StoreOptions, clock: () => number) {
    this.#session = session;
    this.#options = options;
    this.#folder = session.keyOf([FOLDER, randomUUID()]);
    session.client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        this.#skewMs ??= skewOf(result.response, clock());
        return result;
      },
      { step: "deserialize", priority: "low", name: "snapdeckServerDate" },
    );
  }

  async run(use: "sink" | "source"): Promise<CheckedConnection[]> {
    const file = `${this.#folder}/file`;
    const inParts = `${this.#folder}/in-parts`;
    if (use === "source") {
      await this.#check("list", "its objects can be listed", (signal) => this.#list(signal, undefined));
      await this.#check("get", "its objects can be read", (signal) => this.#getNothing(file, signal));
    } else {
      await this.#check("put", "objects can be written", (signal) => this.#put(file, signal));
      await this.#check("get", "what was written is read back", (signal) => this.#get(file, signal));
      await this.#check("list", "what was written is listed", (signal) => this.#list(signal, file));
      await this.#check("multipart", "objects can be written in parts", (signal) => this.#putInParts(inParts, signal));
      await this.#check("delete", "what was written is removed again", (signal) =>
        this.#delete([file, inParts], signal),
      );
    }
    this.#clock();
    return this.#done;
  }

  async #check(check: ConnectionCheck, detail: string, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    try {
      await this.#session.within(`testing ${check}`, ({ signal }) => work(signal));
      this.#done.push({ check, isOk: true, detail });
    } catch (thrown) {
      if (!(thrown instanceof SnapdeckError)) throw thrown;
      const hint = thrown.hint === undefined ? {} : { hint: thrown.hint };
      this.#done.push({ check, isOk: false, detail: thrown.detail, ...hint });
    }
  }

  async #put(key: string, signal: AbortSignal): Promise<void> {
    const { encryption } = this.#options;
    const command = new PutObjectCommand({
      Bucket: this.#session.bucket,
      Key: key,
      Body: this.#contents,
      ContentLength: this.#contents.length,
      ContentMD5: md5Base64(this.#contents),
      ...customerKeyOf(encryption),
      ...serverSideOf(encryption),
    });
    await this.#session.client.send(command, { abortSignal: signal });
  }

  async #get(key: string, signal: AbortSignal): Promise<void> {
    const { bucket, client } = this.#session;
    const command = new GetObjectCommand({ Bucket: bucket, Key: key, ...customerKeyOf(this.#options.encryption) });
    const { Body: body } = await client.send(command, { abortSignal: signal });
    const contents = await body?.transformToByteArray();
    if (contents === undefined || !Buffer.from(contents).equals(this.#contents)) {
      throw new SnapdeckError("store-unavailable", "what was read back is not what had been written", {
        hint: "Check what stands between the store and this server.",
      });
    }
  }

  /** That it is not there has to be said; a store that may not be read from refuses instead. */
  async #getNothing(key: string, signal: AbortSignal): Promise<void> {
    const { bucket, client } = this.#session;
    try {
      const { Body: body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), {
        abortSignal: signal,
      });
      await body?.transformToByteArray();
    } catch (thrown) {
      if (!isNoSuchKey(thrown)) throw thrown;
    }
  }

  async #list(signal: AbortSignal, expected: string | undefined): Promise<void> {
    const { bucket, client } = this.#session;
    const prefix = expected === undefined ? this.#session.keyOf([""]) : `${this.#folder}/`;
    const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 10 }), {
      abortSignal: signal,
    });
    if (page.IsTruncated === undefined) throw new Error("the answer is no list");
    if (expected === undefined || page.Contents?.some(({ Key: key }) => key === expected)) return;
    throw new SnapdeckError("store-unavailable", "what had been written is not listed", {
      hint: "Use a store whose lists are up to date, or write to it before testing this.",
    });
  }

  async #putInParts(key: string, signal: AbortSignal): Promise<void> {
    const { bucket: Bucket, client } = this.#session;
    const { encryption } = this.#options;
    const customerKey = customerKeyOf(encryption);
    const command = new CreateMultipartUploadCommand({ Bucket, Key: key, ...customerKey, ...serverSideOf(encryption) });
    const { UploadId } = await client.send(command, { abortSignal: signal });
    const part = { Bucket, Key: key, UploadId, PartNumber: 1, Body: this.#contents, ...customerKey };
    const { ETag } = await client.send(new UploadPartCommand(part), { abortSignal: signal });
    await client.send(
      new CompleteMultipartUploadCommand({
        Bucket,
        Key: key,
        UploadId,
        MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] },
        ...customerKey,
      }),
      { abortSignal: signal },
    );
  }

  /** Removes whatever may have come to be, also where writing it had failed. */
  async #delete(keys: readonly string[], signal: AbortSignal): Promise<void> {
    const { bucket: Bucket, client } = this.#session;
    for await (const { key: Key, uploadId: UploadId } of listUploads(
      this.#session,
      `${this.#folder}/`,
      "testing delete",
    )) {
      await client
        .send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }), { abortSignal: signal })
        .catch((thrown: unknown) => {
          if (answerOf(thrown).code !== "NoSuchUpload") throw thrown;
        });
    }
    for (const Key of keys) {
      await client.send(new DeleteObjectCommand({ Bucket, Key }), { abortSignal: signal }).catch((thrown: unknown) => {
        if (!isNoSuchKey(thrown)) throw thrown;
      });
    }
    const left = await client.send(new ListObjectsV2Command({ Bucket, Prefix: `${this.#folder}/` }), {
      abortSignal: signal,
    });
    if ((left.Contents ?? []).length > 0) {
      throw new SnapdeckError("store-unavailable", `what was written below ${this.#folder} is still there`, {
        hint: "Remove it by hand, and check whether the bucket keeps objects from being removed.",
      });
    }
  }

  #clock(): void {
    const skewMs = this.#skewMs;
    if (skewMs === undefined) {
      this.#done.push({
        check: "clock",
        isOk: false,
        detail: "the store did not tell its time",
        hint: "See the other checks.",
      });
      return;
    }
    const seconds = Math.round(Math.abs(skewMs) / 1_000);
    const isOk = Math.abs(skewMs) < MAX_SKEW_MS;
    const apart = seconds <= 1 ? "agree" : `are ${seconds} seconds apart`;
    const detail = `the clocks of the store and of this server ${apart}`;
    this.#done.push({ check: "clock", isOk, detail, ...(isOk ? {} : { hint: CLOCK_HINT }) });
  }
}

/** By how much the server's clock, as it stands in its answer, is ahead of ours. Undefined when it does not say. */
function skewOf(response: unknown, nowMs: number): number | undefined {
  if (typeof response !== "object" || response === null || !("headers" in response)) return undefined;
  const { headers } = response;
  if (typeof headers !== "object" || headers === null || !("date" in headers)) return undefined;
  const serverMs = typeof headers.date === "string" ? Date.parse(headers.date) : Number.NaN;
  return Number.isNaN(serverMs) ? undefined : serverMs - nowMs;
}
