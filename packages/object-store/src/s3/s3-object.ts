import { Readable } from "node:stream";
import { GetObjectCommand, type GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Deadline } from "./deadline.ts";
import { type CustomerKey, isNoSuchKey } from "./s3-requests.ts";
import { S3Session } from "./s3-session.ts";

/** How often the reading of one object goes on after its connection broke. */
const MAX_RESUMES = 4;

/** After that many bytes without a break, those before are forgiven. */
const FORGIVEN_BYTES = 64 * 1024 * 1024;

/** An object that is there. Its bytes are read once: either all of them, or `leave` is called. */
export type OpenedObject = {
  readonly sizeBytes: number;
  readonly metadata: Readonly<Record<string, string>>;
  chunks(): AsyncGenerator<Uint8Array, void>;
  leave(): void;
};

/**
 * Opens an object for reading; undefined when there is none of that key. A connection that breaks on the way is made again, and goes
 * on where the other ended, with the same version of the object. No more than a few chunks are held in memory.
 */
export async function openObject(
  session: S3Session,
  key: string,
  customerKey: CustomerKey,
  deadline: Deadline,
): Promise<OpenedObject | undefined> {
  const first = await get(session, key, customerKey, deadline);
  if (first === undefined) return undefined;
  const { sizeBytes, etag, body } = first;
  deadline.extend(S3Session.spanOf(sizeBytes));

  async function* chunks(): AsyncGenerator<Uint8Array, void> {
    let at = 0;
    let brokeAt = 0;
    let resumes = 0;
    let source = body;
    for (;;) {
      try {
        for await (const chunk of heard(source, session.timeouts.answerMs, deadline.signal)) {
          at += chunk.length;
          yield chunk;
        }
        if (at >= sizeBytes) return;
        throw Object.assign(new Error("the answer was cut short"), { code: "ECONNRESET" });
      } catch (thrown) {
        if (at - brokeAt >= FORGIVEN_BYTES) resumes = 0;
        brokeAt = at;
        resumes += 1;
        if (deadline.signal.aborted || resumes > MAX_RESUMES) throw thrown;
      }
      const next = await get(session, key, customerKey, deadline, { at, etag, sizeBytes });
      if (next === undefined) throw changed();
      source = next.body;
    }
  }
  return { sizeBytes, metadata: first.metadata, chunks, leave: () => void body.destroy() };
}

type Rest = { readonly at: number; readonly etag: string; readonly sizeBytes: number };

async function get(session: S3Session, key: string, customerKey: CustomerKey, deadline: Deadline, rest?: Rest) {
  const range = rest === undefined ? {} : { Range: `bytes=${rest.at}-`, IfMatch: rest.etag };
  const command = new GetObjectCommand({ Bucket: session.bucket, Key: key, ...customerKey, ...range });
  let output: GetObjectCommandOutput;
  try {
    output = await session.client.send(command, { abortSignal: deadline.signal });
  } catch (thrown) {
    if (isNoSuchKey(thrown)) return undefined;
    if (rest !== undefined && thrown instanceof Error && thrown.name === "PreconditionFailed") throw changed();
    throw thrown;
  }
  const { Body: body, ContentLength: length, ContentRange: range_, ETag: etag, Metadata: metadata = {} } = output;
  if (!(body instanceof Readable)) throw new Error("the answer has no body");
  // What may happen to it before anybody listens ends the reading once somebody does.
  body.on("error", () => undefined);
  if (length === undefined || etag === undefined) {
    body.destroy();
    throw new Error("the answer does not tell its length");
  }
  if (rest !== undefined && !range_?.startsWith(`bytes ${rest.at}-${rest.sizeBytes - 1}/`)) {
    body.destroy();
    throw changed();
  }
  return { sizeBytes: length, etag, metadata, body };
}

/** Hands chunks on; ends the stream when nothing comes for `silenceMs`, or when the signal aborts. */
async function* heard(body: Readable, silenceMs: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
  const stop = () => void body.destroy(Object.assign(new Error("nothing came any more"), { code: "ETIMEDOUT" }));
  const silence = setTimeout(stop, silenceMs);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    for await (const chunk of body) {
      silence.refresh();
      if (chunk instanceof Uint8Array) yield chunk;
    }
  } finally {
    clearTimeout(silence);
    signal.removeEventListener("abort", stop);
  }
}

function changed(): SnapdeckError {
  return new SnapdeckError("store-unavailable", "an object of the store changed while it was read", {
    hint: "Find out who writes to the bucket.",
  });
}
