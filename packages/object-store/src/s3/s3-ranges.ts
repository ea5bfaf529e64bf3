import { Readable } from "node:stream";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { answerOf } from "./s3-answer.ts";
import { type CustomerKey, isNoSuchKey } from "./s3-requests.ts";
import type { S3Session } from "./s3-session.ts";

/** How often bytes are asked for that did not come in full. */
const TRIES = 3;

/** An object that is there; `etag` names this version of it. */
export type ObjectFacts = { readonly key: string; readonly sizeBytes: number; readonly etag: string | undefined };

/**
 * The size of an object; undefined when there is none. Asked for with its first byte: the answer to a HEAD does not say why it was
 * refused, and a body that is left unread costs its connection.
 */
export async function factsOf(
  session: S3Session,
  key: string,
  customerKey: CustomerKey,
  signal: AbortSignal,
): Promise<ObjectFacts | undefined> {
  const command = new GetObjectCommand({ Bucket: session.bucket, Key: key, Range: "bytes=0-0", ...customerKey });
  try {
    const {
      Body: body,
      ContentLength: length,
      ContentRange: range,
      ETag: etag,
    } = await session.client.send(command, {
      abortSignal: signal,
    });
    if (body instanceof Readable) await drained(body, range === undefined);
    const sizeBytes = range === undefined ? length : Number(/^bytes 0-0\/(\d+)$/.exec(range)?.[1] ?? Number.NaN);
    if (sizeBytes === undefined || Number.isNaN(sizeBytes)) throw new Error("the answer does not tell its size");
    return { key, sizeBytes, etag };
  } catch (thrown) {
    if (isNoSuchKey(thrown)) return undefined;
    // An empty object has no first byte.
    if (answerOf(thrown).status === 416) return { key, sizeBytes: 0, etag: undefined };
    throw thrown;
  }
}

/** Some bytes of an object, of the version that `facts` are of; the caller keeps them few. */
export async function readRange(
  session: S3Session,
  { key, etag, sizeBytes }: ObjectFacts,
  { from, to }: { readonly from: number; readonly to: number },
  customerKey: CustomerKey,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const condition = etag === undefined ? {} : { IfMatch: etag };
  const range = { Range: `bytes=${from}-${to - 1}`, ...condition };
  for (let tries = 1; ; tries += 1) {
    const command = new GetObjectCommand({ Bucket: session.bucket, Key: key, ...range, ...customerKey });
    try {
      const { Body: body, ContentRange: sent } = await session.client.send(command, { abortSignal: signal });
      if (sent !== `bytes ${from}-${to - 1}/${sizeBytes}`) throw changed();
      const bytes = await body?.transformToByteArray();
      if (bytes?.length === to - from) return bytes;
      throw Object.assign(new Error("the answer was cut short"), { code: "ECONNRESET" });
    } catch (thrown) {
      if (answerOf(thrown).status === 412) throw changed();
      if (thrown instanceof SnapdeckError || signal.aborted || tries === TRIES) throw thrown;
    }
  }
}

async function drained(body: Readable, isWhole: boolean): Promise<void> {
  body.on("error", () => undefined);
  if (isWhole) return void body.destroy();
  for await (const _ of body);
}

function changed(): SnapdeckError {
  return new SnapdeckError("store-unavailable", "an object of the store changed while it was read", {
    hint: "Find out who writes to the bucket.",
  });
}
