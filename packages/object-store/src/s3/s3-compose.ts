import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { composeParts, MAX_COPY_BYTES, MAX_PARTS, type Part, READ_PART_BYTES } from "./compose-parts.ts";
import { factsOf, type ObjectFacts, readRange } from "./s3-ranges.ts";
import { customerKeyOf, isNotImplemented, md5Base64, serverSideOf } from "./s3-requests.ts";
import { S3Session } from "./s3-session.ts";
import type { S3Encryption } from "./s3-store-options.ts";

/** The slowest disks that a copy is still waited for, in bytes per millisecond: about 16 MiB a second. */
const SLOWEST_COPY_BYTES_PER_MS = 16 * 1024;

/** Tells the version of an object that was written in parts. Swift knows it by another name when it copies, and refuses. */
const MADE_OF_PARTS = /-\d+"?$/;

/** A path of the store, and the key of its object. */
export type Place = { readonly path: string; readonly key: string };

/**
 * Makes objects of the bytes of others: copied by the server where it can, read and written where sources are too small for that or the
 * server copies nothing. What the server copies as a whole keeps what we wrote beside it; of the rest nothing is known but its bytes, as of
 * what the engine writes.
 */
export class S3Composer {
  readonly #session: S3Session;
  readonly #encryption: S3Encryption | undefined;
  #copies = true;

  constructor(session: S3Session, encryption: S3Encryption | undefined) {
    this.#session = session;
    this.#encryption = encryption;
  }

  /** An object appears in full or not at all. Nothing happens when one of that size is there. Only for whoever alone writes there. */
  async compose(place: Place, sizeBytes: number, from: readonly Place[]): Promise<void> {
    await this.#session.within(
      `putting ${place.path} together`,
      async ({ signal }) => {
        const sources = await this.#sources(place, sizeBytes, from, signal);
        const there = await this.#facts(place.key, signal);
        if (there !== undefined) {
          if (there.sizeBytes === sizeBytes) return;
          throw new SnapdeckError("backup-unusable", `${place.path} is in the store already, with another size`);
        }
        try {
          await this.#make(place, sources, sizeBytes, signal);
        } catch (thrown) {
          if (!this.#copies || !isNotImplemented(thrown)) throw thrown;
          this.#copies = false;
          await this.#make(place, sources, sizeBytes, signal);
        }
        const made = await this.#facts(place.key, signal);
        if (made?.sizeBytes === sizeBytes) return;
        throw new SnapdeckError(
          "store-unavailable",
          `${place.path} is not in the store as it was put together: somebody else wrote it at the same time, or the store lost it`,
          { hint: "Find out who else writes to the bucket." },
        );
      },
      { bytes: sizeBytes, aftermath: "it may be there all the same" },
    );
  }

  async #sources({ path }: Place, sizeBytes: number, from: readonly Place[], signal: AbortSignal) {
    const sources: ObjectFacts[] = [];
    for (const source of from) {
      const facts = await this.#facts(source.key, signal);
      if (facts === undefined) {
        throw new SnapdeckError("backup-unusable", `${source.path} is not in the store, and its bytes are needed`, {
          hint: "Verify the backup, and find out who touched the store.",
        });
      }
      sources.push(facts);
    }
    const total = sources.reduce((sum, source) => sum + source.sizeBytes, 0);
    if (total === sizeBytes && sources.length > 0) return sources;
    throw new SnapdeckError("backup-unusable", `${path} would have ${total} bytes, and ${sizeBytes} are expected`, {
      hint: "Verify the backup: a file of it is short or is another one.",
    });
  }

  async #make(place: Place, sources: readonly ObjectFacts[], sizeBytes: number, signal: AbortSignal): Promise<void> {
    const [single] = sources;
    if (this.#copies && single !== undefined && sources.length === 1 && sizeBytes <= MAX_COPY_BYTES) {
      await this.#copy(place.key, single, signal);
    } else if (sizeBytes <= READ_PART_BYTES) {
      const ranges = sources.map(({ sizeBytes: to }, source) => ({ source, from: 0, to }));
      await this.#put(place.key, await this.#read(sources, ranges, signal), signal);
    } else {
      await this.#inParts(place, sources, signal);
    }
  }

  async #copy(key: string, source: ObjectFacts, signal: AbortSignal): Promise<void> {
    const command = new CopyObjectCommand({
      Bucket: this.#session.bucket,
      Key: key,
      MetadataDirective: "COPY",
      ...this.#copySource(source),
      ...this.#made(),
    });
    await this.#session.client.send(command, this.#copying(source.sizeBytes, signal));
  }

  async #put(key: string, contents: Uint8Array, signal: AbortSignal): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: this.#session.bucket,
      Key: key,
      Body: contents,
      ContentLength: contents.length,
      ContentMD5: md5Base64(contents),
      ContentType: "application/octet-stream",
      ...this.#made(),
    });
    await this.#session.client.send(command, this.#sending(contents.length, signal));
  }

  async #inParts({ path, key: Key }: Place, sources: readonly ObjectFacts[], signal: AbortSignal): Promise<void> {
    const { client, bucket: Bucket } = this.#session;
    const parts = composeParts(
      sources.map(({ sizeBytes }) => sizeBytes),
      this.#copies,
    );
    if (parts.length > MAX_PARTS) {
      throw new SnapdeckError("not-supported", `${path} has too many parts to be put together: ${parts.length}`, {
        hint: "Use an S3 server that copies parts of objects.",
      });
    }
    const begin = new CreateMultipartUploadCommand({
      Bucket,
      Key,
      ContentType: "application/octet-stream",
      ...this.#made(),
    });
    const { UploadId } = await client.send(begin, { abortSignal: signal });
    try {
      const Parts: { ETag: string | undefined; PartNumber: number }[] = [];
      for (const [at, part] of parts.entries()) {
        const number = { Bucket, Key, UploadId, PartNumber: at + 1 };
        Parts.push({ PartNumber: at + 1, ETag: await this.#part(number, part, sources, signal) });
      }
      const end = new CompleteMultipartUploadCommand({
        Bucket,
        Key,
        UploadId,
        MultipartUpload: { Parts },
        ...customerKeyOf(this.#encryption),
      });
      const sizeBytes = sources.reduce((sum, source) => sum + source.sizeBytes, 0);
      await client.send(end, this.#copying(sizeBytes, signal));
    } catch (thrown) {
      // Not with the signal that may have ended the work. One that stays is aborted with its folder, or when it is put together again.
      const limit = AbortSignal.timeout(this.#session.timeouts.answerMs);
      const abort = new AbortMultipartUploadCommand({ Bucket, Key, UploadId });
      await client.send(abort, { abortSignal: limit }).catch(() => undefined);
      throw thrown;
    }
  }

  async #part(
    number: { Bucket: string; Key: string; UploadId: string | undefined; PartNumber: number },
    part: Part,
    sources: readonly ObjectFacts[],
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { client } = this.#session;
    const customerKey = customerKeyOf(this.#encryption);
    if (part.kind === "read") {
      const contents = await this.#read(sources, part.ranges, signal);
      const sent = { Body: contents, ContentLength: contents.length, ContentMD5: md5Base64(contents) };
      const upload = new UploadPartCommand({ ...number, ...sent, ...customerKey });
      return (await client.send(upload, this.#sending(contents.length, signal))).ETag;
    }
    const { source, from, to } = part.range;
    const copy = new UploadPartCopyCommand({
      ...number,
      ...this.#copySource(sourceAt(sources, source)),
      CopySourceRange: `bytes=${from}-${to - 1}`,
      ...customerKey,
    });
    return (await client.send(copy, this.#copying(to - from, signal))).CopyPartResult?.ETag;
  }

  async #read(
    sources: readonly ObjectFacts[],
    ranges: readonly { source: number; from: number; to: number }[],
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const customerKey = customerKeyOf(this.#encryption);
    const pieces: Uint8Array[] = [];
    for (const range of ranges.filter(({ from, to }) => to > from)) {
      pieces.push(await readRange(this.#session, sourceAt(sources, range.source), range, customerKey, signal));
    }
    return Buffer.concat(pieces);
  }

  #facts(key: string, signal: AbortSignal): Promise<ObjectFacts | undefined> {
    return factsOf(this.#session, key, customerKeyOf(this.#encryption), signal);
  }

  #copySource({ key, etag }: ObjectFacts) {
    const customerKey = customerKeyOf(this.#encryption);
    return {
      CopySource: [this.#session.bucket, ...key.split("/")].map(encodeURIComponent).join("/"),
      ...(etag === undefined || MADE_OF_PARTS.test(etag) ? {} : { CopySourceIfMatch: etag }),
      ...(customerKey.SSECustomerKey === undefined
        ? {}
        : {
            CopySourceSSECustomerAlgorithm: customerKey.SSECustomerAlgorithm,
            CopySourceSSECustomerKey: customerKey.SSECustomerKey,
            CopySourceSSECustomerKeyMD5: customerKey.SSECustomerKeyMD5,
          }),
    };
  }

  #made() {
    return { ...customerKeyOf(this.#encryption), ...serverSideOf(this.#encryption) };
  }

  #copying(bytes: number, signal: AbortSignal) {
    const spanMs = Math.ceil(bytes / SLOWEST_COPY_BYTES_PER_MS);
    return { abortSignal: signal, requestTimeout: this.#session.timeouts.answerMs + spanMs };
  }

  #sending(bytes: number, signal: AbortSignal) {
    return { abortSignal: signal, requestTimeout: this.#session.timeouts.answerMs + S3Session.spanOf(bytes) };
  }
}

function sourceAt(sources: readonly ObjectFacts[], at: number): ObjectFacts {
  const source = sources[at];
  if (source === undefined) throw new Error("there is no such source");
  return source;
}
