import { ListMultipartUploadsCommand, ListObjectsV2Command, type ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import { isNotImplemented } from "./s3-requests.ts";
import type { S3Session } from "./s3-session.ts";

export type ListedObject = { readonly key: string; readonly sizeBytes: number };

/** Every object whose key begins with `prefix`, page by page. Complete or it throws. */
export async function* listObjects(session: S3Session, prefix: string, doing: string): AsyncGenerator<ListedObject[]> {
  for await (const page of pages(session, prefix, doing)) {
    const { Contents: contents = [] } = page;
    yield contents.map(({ Key: key, Size: sizeBytes }) => {
      if (key === undefined || sizeBytes === undefined || !Number.isSafeInteger(sizeBytes))
        throw incomplete(session, doing);
      return { key: within(session, prefix, decoded(session, key, page.EncodingType, doing), doing), sizeBytes };
    });
  }
}

/** The names right below `prefix`, which ends with a slash, that have something below them. Complete or it throws. */
export async function listFolders(session: S3Session, prefix: string, doing: string): Promise<string[]> {
  const names: string[] = [];
  for await (const page of pages(session, prefix, doing, "/")) {
    for (const { Prefix: folder } of page.CommonPrefixes ?? []) {
      if (folder === undefined) throw incomplete(session, doing);
      const name = within(session, prefix, decoded(session, folder, page.EncodingType, doing), doing).slice(
        prefix.length,
        -1,
      );
      names.push(name);
    }
  }
  return names;
}

export type Upload = { readonly key: string; readonly uploadId: string };

/**
 * Every multipart upload that was begun and not ended, of keys that begin with `prefix`. None where the server cannot tell.
 * @param isNoAnswer which failures mean that it cannot
 */
export async function* listUploads(
  session: S3Session,
  prefix: string,
  doing: string,
  isNoAnswer: (thrown: unknown) => boolean = isNotImplemented,
): AsyncGenerator<Upload> {
  let from: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (;;) {
    const page = await session.within(doing, async ({ signal }) => {
      const command = new ListMultipartUploadsCommand({
        Bucket: session.bucket,
        Prefix: prefix,
        MaxUploads: session.pageEntries,
        ...from,
      });
      try {
        return await session.client.send(command, { abortSignal: signal });
      } catch (thrown) {
        if (isNoAnswer(thrown)) return undefined;
        throw thrown;
      }
    });
    if (page === undefined) return;
    for (const { Key: key, UploadId: uploadId } of page.Uploads ?? []) {
      if (key === undefined || uploadId === undefined) throw incomplete(session, doing);
      yield { key: within(session, prefix, key, doing), uploadId };
    }
    if (page.IsTruncated !== true) return;
    const { NextKeyMarker: key, NextUploadIdMarker: upload } = page;
    if (!key || (key === from.KeyMarker && upload === from.UploadIdMarker)) throw incomplete(session, doing);
    from = { KeyMarker: key, ...(upload ? { UploadIdMarker: upload } : {}) };
  }
}

async function* pages(
  session: S3Session,
  prefix: string,
  doing: string,
  delimiter?: string,
): AsyncGenerator<ListObjectsV2CommandOutput> {
  const seen = new Set<string>();
  let token: string | undefined;
  for (;;) {
    const page = await session.within(doing, ({ signal }) => {
      const command = new ListObjectsV2Command({
        Bucket: session.bucket,
        Prefix: prefix,
        MaxKeys: session.pageEntries,
        // Keys may hold characters that XML cannot.
        EncodingType: "url",
        ...(delimiter === undefined ? {} : { Delimiter: delimiter }),
        ...(token === undefined ? {} : { ContinuationToken: token }),
      });
      return session.client.send(command, { abortSignal: signal });
    });
    const {
      IsTruncated: isTruncated,
      KeyCount: told = 0,
      Contents: contents = [],
      CommonPrefixes: folders = [],
    } = page;
    // A page that does not say whether it is the last, or holds less than it says, was cut or is no listing at all.
    if (isTruncated === undefined || contents.length + folders.length < told) throw incomplete(session, doing);
    yield page;
    if (!isTruncated) return;
    token = page.NextContinuationToken;
    if (!token || seen.has(token)) throw incomplete(session, doing);
    seen.add(token);
  }
}

function decoded(session: S3Session, text: string, encoding: string | undefined, doing: string): string {
  if (encoding !== "url") return text;
  try {
    // Some servers write a space as they do in forms.
    return decodeURIComponent(text.replaceAll("+", "%20"));
  } catch {
    throw incomplete(session, doing);
  }
}

/** A server that answers with what nobody asked for cannot be believed to have told everything else. */
function within(session: S3Session, prefix: string, key: string, doing: string): string {
  if (!key.startsWith(prefix)) throw incomplete(session, doing);
  return key;
}

function incomplete(session: S3Session, doing: string): SnapdeckError {
  return new SnapdeckError(
    "store-unavailable",
    `the store ${session.name} gave a list that is not complete or not understood while ${doing}`,
    { hint: "Try again; if it stays so, the server does not list as S3 does." },
  );
}
