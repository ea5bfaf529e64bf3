import { createHash } from "node:crypto";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { CONTENTS_SHA256 } from "./s3-publish.ts";
import { customerKeyOf, md5Base64, serverSideOf } from "./s3-requests.ts";
import { S3Session } from "./s3-session.ts";
import type { S3Encryption } from "./s3-store-options.ts";

/**
 * One PUT over what is there, which makes the new contents appear in full or not at all. No condition goes with it, for not every server
 * takes one: what stands there was read right before, and who lost a race finds other contents when it reads again.
 */
export async function replaceObject(
  session: S3Session,
  encryption: S3Encryption | undefined,
  { path, key }: { readonly path: string; readonly key: string },
  contents: Uint8Array,
): Promise<void> {
  await session.within(
    `replacing ${path}`,
    async ({ signal }) => {
      const { client, bucket, timeouts } = session;
      await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: contents,
          ContentLength: contents.length,
          ContentMD5: md5Base64(contents),
          ContentType: "application/octet-stream",
          Metadata: { [CONTENTS_SHA256]: createHash("sha256").update(contents).digest("hex") },
          ...customerKeyOf(encryption),
          ...serverSideOf(encryption),
        }),
        { abortSignal: signal, requestTimeout: timeouts.answerMs + S3Session.spanOf(contents.length) },
      );
    },
    { bytes: contents.length, aftermath: "it may be replaced all the same" },
  );
}
