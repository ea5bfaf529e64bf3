import { createHash } from "node:crypto";
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
} from "@aws-sdk/client-s3";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { DigestKind, StoredFile } from "@snapdeck/core/ports/object-store";
import { EngineChecksum } from "@snapdeck/engine-checksum/engine-checksum";
import { failpoint } from "@snapdeck/failpoint/failpoint";
import type { ComposingStore } from "../database-backup/carry-out.ts";
import { MAX_REPLACED_BYTES, refuseOther } from "../replaced-file.ts";
import { partsOf } from "../store-path.ts";
import { answerOf } from "./s3-answer.ts";
import { S3Composer } from "./s3-compose.ts";
import { type ListedObject, listFolders, listObjects, listUploads } from "./s3-listing.ts";
import { openObject } from "./s3-object.ts";
import { CONTENTS_SHA256, S3Publisher } from "./s3-publish.ts";
import { replaceObject } from "./s3-replace.ts";
import { type CustomerKey, customerKeyOf, isNoSuchKey, isNotFound, isRefused } from "./s3-requests.ts";
import { S3Session } from "./s3-session.ts";
import type { S3Encryption, S3StoreOptions } from "./s3-store-options.ts";
import { severalAtOnce } from "./several-at-once.ts";
import { assertPlainPath, isFolderMark } from "./stored-key.ts";
import { Turns } from "./turns.ts";

/** Small requests that run at once. */
const AT_ONCE = 16;

/** Objects that are digested at once, in the whole process: their bytes all come through its main thread. */
const digestTurns = new Turns(4);

/** How often a removal looks again for what was written meanwhile. */
const REMOVAL_ROUNDS = 3;

/** Keeps backups in a bucket, or in a folder of one. An object appears in full or not at all, and is durable once it does. */
export class S3Store implements ComposingStore {
  readonly name: string;
  readonly #session: S3Session;
  readonly #publisher: S3Publisher;
  readonly #composer: S3Composer;
  readonly #encryption: S3Encryption | undefined;
  readonly #customerKey: CustomerKey;

  /**
   * Asks nobody: whether the bucket is there, the first call tells.
   * @throws {SnapdeckError} `bad-request` or `not-supported` when the endpoint is none that this server calls.
   */
  constructor(options: S3StoreOptions) {
    if (options.prefix !== undefined && options.prefix !== "") partsOf(options.prefix);
    this.#session = new S3Session(options);
    this.name = this.#session.name;
    this.#publisher = new S3Publisher(this.#session, options.encryption);
    this.#composer = new S3Composer(this.#session, options.encryption);
    this.#encryption = options.encryption;
    this.#customerKey = customerKeyOf(options.encryption);
  }

  /** Closes its connections. */
  close(): void {
    this.#session.close();
  }

  async space(): Promise<undefined> {
    // That it answers is what can be said of its room: a full one says so when it is written to.
    await this.#session.within("looking whether it is there", async ({ signal }) => {
      const { client, bucket } = this.#session;
      // HEAD would be enough, but its answers do not say why.
      const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: this.#session.keyOf([""]), MaxKeys: 1 });
      const { IsTruncated: isTruncated } = await client.send(command, { abortSignal: signal });
      if (isTruncated === undefined) throw new Error("the answer is no list");
    });
    return undefined;
  }

  async folders(prefix?: string): Promise<string[]> {
    const folder = prefix === undefined ? this.#session.keyOf([""]) : this.#folderKey(prefix);
    const doing = `listing ${prefix ?? "its folders"}`;
    const found = new Set(await listFolders(this.#session, folder, doing));
    // One that holds nothing but what was begun to be written in parts is in no list of objects. Whoever only reads may not ask for it.
    for await (const { key } of listUploads(this.#session, folder, doing, isRefused)) {
      const [name = "", ...below] = key.slice(folder.length).split("/");
      if (below.length > 0) found.add(name);
    }
    const names = [...found];
    for (const name of names) assertPlainPath(this.name, prefix === undefined ? name : `${prefix}/${name}`);
    return names;
  }

  async *files(prefix: string): AsyncGenerator<StoredFile> {
    for await (const { key, sizeBytes } of this.#objects(prefix, `listing ${prefix}`)) {
      if (isFolderMark(key, sizeBytes)) continue;
      const path = this.#session.pathOf(key);
      assertPlainPath(this.name, path);
      yield { path, sizeBytes };
    }
  }

  async read(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
    // Once more, because what was damaged on the way here is not damaged there.
    const first = await this.#readOnce(path, maxBytes);
    const { contents, isAsPublished } = first.isAsPublished ? first : await this.#readOnce(path, maxBytes);
    if (isAsPublished) return contents;
    throw new SnapdeckError("backup-unusable", `${path} in the store ${this.name} is not what was published there`, {
      hint: "Find out who wrote to the bucket, and what stands between it and this server.",
    });
  }

  async digest(
    path: string,
    kind: DigestKind,
    signal: AbortSignal,
    onBytes?: (bytes: number) => void,
  ): Promise<{ sizeBytes: number; digest: string } | undefined> {
    const key = this.#key(path);
    const end = await digestTurns.take(signal);
    try {
      onBytes?.(0);
      return await this.#session.within(
        `reading ${path}`,
        async (deadline) => {
          const object = await openObject(this.#session, key, this.#customerKey, deadline);
          if (object === undefined) return undefined;
          const sha256 = createHash("sha256");
          const engine = new EngineChecksum();
          let sizeBytes = 0;
          // A chunk is what came in one piece, 64 KiB at most: too little to hold up the main thread.
          for await (const chunk of object.chunks()) {
            if (kind === "sha256") sha256.update(chunk);
            else engine.update(chunk);
            sizeBytes += chunk.length;
            onBytes?.(chunk.length);
          }
          return { sizeBytes, digest: kind === "sha256" ? sha256.digest("hex") : engine.hex() };
        },
        { signal },
      );
    } finally {
      end();
    }
  }

  async publish(path: string, contents: Uint8Array): Promise<void> {
    await this.#publisher.publish(path, this.#key(path), contents);
  }

  async replace(path: string, contents: Uint8Array, expectedSha256: string): Promise<void> {
    refuseOther(path, await this.read(path, MAX_REPLACED_BYTES), expectedSha256);
    await replaceObject(this.#session, this.#encryption, { path, key: this.#key(path) }, contents);
  }

  async compose(path: string, sizeBytes: number, from: readonly string[]): Promise<void> {
    const place = { path, key: this.#key(path) };
    const sources = from.map((each) => ({ path: each, key: this.#key(each) }));
    const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    // What an earlier attempt at it left when it was cut off.
    if (sources.length > 1) await this.#abortUploads(place.key, `sweeping ${parent}`, (key) => key === place.key);
    await this.#composer.compose(place, sizeBytes, sources);
  }

  /** A PUT leaves nothing when it is interrupted; uploads in parts do, whoever began them. */
  async sweep(prefix: string, named = ""): Promise<void> {
    const folder = this.#folderKey(prefix);
    await this.#abortUploads(folder, `sweeping ${prefix}`, (key) => {
      const name = key.slice(folder.length);
      return !name.includes("/") && name.includes(named);
    });
  }

  async endUploads(prefix: string): Promise<void> {
    await this.#abortUploads(this.#folderKey(prefix), `sweeping ${prefix}`, () => true);
  }

  /** S3 makes durable what it acknowledges; so each object is asked for, and must be there with the size that is listed. */
  async sync(prefix: string, onMoved: () => void = () => undefined): Promise<void> {
    const doing = `making ${prefix} durable`;
    const { client, bucket } = this.#session;
    let objects = 0;
    await severalAtOnce(this.#objects(prefix, doing), AT_ONCE, ({ key, sizeBytes }) => {
      objects += 1;
      return this.#session.within(doing, async ({ signal }) => {
        const command = new HeadObjectCommand({ Bucket: bucket, Key: key, ...this.#customerKey });
        const found = await client.send(command, { abortSignal: signal }).catch((thrown: unknown) => {
          if (isNotFound(thrown)) return undefined;
          throw thrown;
        });
        if (found?.ContentLength === sizeBytes) return onMoved();
        const path = this.#session.pathOf(key);
        throw new SnapdeckError(
          "store-unavailable",
          `${path} is listed in the store ${this.name} and is not there in full`,
          {
            hint: "The store is not consistent; what was just written cannot be relied on.",
          },
        );
      });
    });
    if (objects === 0) {
      throw new SnapdeckError("store-unavailable", `there is no folder ${prefix} in the store to make durable`);
    }
  }

  async remove(path: string): Promise<void> {
    await this.#delete(this.#key(path), `removing ${path}`);
  }

  async removeAll(prefix: string, onMoved: () => void = () => undefined): Promise<number> {
    const doing = `removing ${prefix}`;
    await this.#abortUploads(this.#folderKey(prefix), doing, () => true);
    const removed = new Set<string>();
    let files = 0;
    for (let round = 0; round < REMOVAL_ROUNDS; round += 1) {
      let found = 0;
      await severalAtOnce(this.#objects(prefix, doing), AT_ONCE, async ({ key, sizeBytes }) => {
        // A list may lag behind what was removed.
        if (removed.has(key)) return;
        found += 1;
        await this.#delete(key, doing);
        removed.add(key);
        if (!isFolderMark(key, sizeBytes)) files += 1;
        onMoved();
        await failpoint("delete.midRemoval");
      });
      if (found === 0) return files;
    }
    throw new SnapdeckError("store-unavailable", `something keeps writing below ${prefix} in the store ${this.name}`, {
      hint: "Find out what still writes there; then remove it again.",
    });
  }

  async #readOnce(
    path: string,
    maxBytes: number,
  ): Promise<{ contents: Uint8Array | undefined; isAsPublished: boolean }> {
    const key = this.#key(path);
    return this.#session.within(`reading ${path}`, async (deadline) => {
      const object = await openObject(this.#session, key, this.#customerKey, deadline);
      if (object === undefined) return { contents: undefined, isAsPublished: true };
      if (object.sizeBytes > maxBytes) {
        object.leave();
        throw new SnapdeckError(
          "backup-unusable",
          `${path} has ${object.sizeBytes} bytes, more than the ${maxBytes} allowed`,
        );
      }
      const chunks: Uint8Array[] = [];
      for await (const chunk of object.chunks()) chunks.push(chunk);
      const contents = Buffer.concat(chunks);
      const sha256 = object.metadata[CONTENTS_SHA256];
      const isAsPublished =
        contents.length === object.sizeBytes &&
        (sha256 === undefined || sha256 === createHash("sha256").update(contents).digest("hex"));
      return { contents, isAsPublished };
    });
  }

  async *#objects(prefix: string, doing: string): AsyncGenerator<ListedObject> {
    for await (const page of listObjects(this.#session, this.#folderKey(prefix), doing)) yield* page;
  }

  async #delete(key: string, doing: string): Promise<void> {
    const { client, bucket } = this.#session;
    await this.#session.within(doing, async ({ signal }) => {
      try {
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }), { abortSignal: signal });
      } catch (thrown) {
        if (!isNoSuchKey(thrown)) throw thrown;
      }
    });
  }

  async #abortUploads(folder: string, doing: string, isWanted: (key: string) => boolean): Promise<void> {
    const { client, bucket } = this.#session;
    await severalAtOnce(listUploads(this.#session, folder, doing), AT_ONCE, async ({ key, uploadId }) => {
      if (!isWanted(key)) return;
      await this.#session.within(doing, async ({ signal }) => {
        const command = new AbortMultipartUploadCommand({ Bucket: bucket, Key: key, UploadId: uploadId });
        try {
          await client.send(command, { abortSignal: signal });
        } catch (thrown) {
          if (answerOf(thrown).code !== "NoSuchUpload") throw thrown;
        }
      });
    });
  }

  #key(path: string): string {
    return this.#session.keyOf(partsOf(path));
  }

  #folderKey(prefix: string): string {
    return `${this.#key(prefix)}/`;
  }
}
