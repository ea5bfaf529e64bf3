import { createHash, randomUUID } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Deadline } from "./deadline.ts";
import { answerOf } from "./s3-answer.ts";
import { openObject } from "./s3-object.ts";
import { customerKeyOf, isNotImplemented, md5Base64, serverSideOf } from "./s3-requests.ts";
import { S3Session } from "./s3-session.ts";
import type { S3Encryption } from "./s3-store-options.ts";

/** Whose attempt made an object: it tells an answer that was lost from somebody else's object. */
const ATTEMPT = "snapdeck-attempt";

/** SHA-256 of what was published, in hexadecimal; readers compare it with what arrives. */
export const CONTENTS_SHA256 = "snapdeck-sha256";

/** Amazon answers 409 when two conditional writes of one key meet, and wants the loser to ask again. */
const CONFLICTS = 3;

/**
 * Puts objects that nobody may replace. Where the server knows no conditional writes, two that publish one path at the very same time may
 * both be told that they did.
 */
export class S3Publisher {
  readonly #session: S3Session;
  readonly #encryption: S3Encryption | undefined;
  #takesConditions = true;

  constructor(session: S3Session, encryption: S3Encryption | undefined) {
    this.#session = session;
    this.#encryption = encryption;
  }

  async publish(path: string, key: string, contents: Uint8Array): Promise<void> {
    const session = this.#session;
    const attempt = randomUUID();
    await session.within(
      `writing ${path}`,
      async (deadline) => {
        const { signal } = deadline;
        // Not every server that ignores the condition says so; whoever was there before is not replaced there either.
        if ((await this.#attemptAt(key, deadline)) !== undefined) throw taken(path);
        try {
          await this.#put(key, contents, attempt, signal);
        } catch (thrown) {
          if (signal.aborted) throw thrown;
          // The answer may have been lost, or a repetition may have met what the first try had made.
          const found = await this.#attemptAt(key, deadline).catch(() => undefined);
          if (found?.attempt === attempt && found.sizeBytes === contents.length) return;
          if (answerOf(thrown).status === 412) throw taken(path);
          throw thrown;
        }
        const found = await this.#attemptAt(key, deadline);
        if (found?.attempt === attempt && found.sizeBytes === contents.length) return;
        throw new SnapdeckError(
          "store-unavailable",
          `${path} is not in the store as it was written: somebody else wrote it at the same time, or the store lost it`,
          { hint: "Find out who else writes to the bucket." },
        );
      },
      { bytes: contents.length, aftermath: "it may be there all the same" },
    );
  }

  async #put(key: string, contents: Uint8Array, attempt: string, signal: AbortSignal): Promise<void> {
    const { client, bucket, timeouts } = this.#session;
    const put = (condition: { IfNoneMatch?: "*" }) =>
      client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: contents,
          ContentLength: contents.length,
          ContentMD5: md5Base64(contents),
          ContentType: "application/octet-stream",
          Metadata: { [ATTEMPT]: attempt, [CONTENTS_SHA256]: createHash("sha256").update(contents).digest("hex") },
          ...customerKeyOf(this.#encryption),
          ...serverSideOf(this.#encryption),
          ...condition,
        }),
        { abortSignal: signal, requestTimeout: timeouts.answerMs + S3Session.spanOf(contents.length) },
      );
    for (let conflicts = 0; this.#takesConditions; ) {
      try {
        await put({ IfNoneMatch: "*" });
        return;
      } catch (thrown) {
        if (isNotImplemented(thrown)) {
          this.#takesConditions = false;
          break;
        }
        conflicts += 1;
        if (answerOf(thrown).code !== "ConditionalRequestConflict" || conflicts === CONFLICTS) throw thrown;
      }
    }
    await put({});
  }

  /**
   * Whose object is there; undefined when there is none. Asked by GET, whose body is left where it is: the answer to a HEAD does not say
   * why it was refused, and some servers put a body behind it, which the next request on the connection then stumbles over.
   */
  async #attemptAt(key: string, deadline: Deadline) {
    const object = await openObject(this.#session, key, customerKeyOf(this.#encryption), deadline);
    object?.leave();
    return object && { attempt: object.metadata[ATTEMPT], sizeBytes: object.sizeBytes };
  }
}

function taken(path: string): SnapdeckError {
  return new SnapdeckError("store-unavailable", `${path} is in the store already and is never replaced`);
}
