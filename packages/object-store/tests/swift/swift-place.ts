import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { Files } from "@snapdeck/core/checks/engine-model";
import { S3Store } from "../../src/s3/s3-store.ts";
import type { BackupPlace } from "../backup-place.ts";
import type { SwiftServer } from "./swift-server.ts";

/** A place in a bucket of its own. */
export type SwiftPlace = BackupPlace & {
  readonly bucket: string;
  /** The keys of uploads that were begun and not ended. */
  uploads(): Promise<string[]>;
};

/** @param endpoint another way to the same server, such as a proxy */
export async function openSwiftPlace(swift: SwiftServer, endpoint: string = swift.url): Promise<SwiftPlace> {
  const { client, accessKeyId, secretAccessKey } = swift;
  const Bucket = await swift.bucket();
  const store = new S3Store({
    endpoint,
    bucket: Bucket,
    addressing: "path",
    credentials: { accessKeyId, secretAccessKey },
    allowedEndpoints: [endpoint],
  });
  const keys = async (Prefix: string) => {
    const { Contents: contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
    return contents.map(({ Key = "" }) => Key);
  };
  return {
    store,
    bucket: Bucket,
    root: `${swift.url}/${Bucket}`,
    async copy() {
      const other = await openSwiftPlace(swift, endpoint);
      const copied = (await keys("")).map((Key) =>
        client.send(new CopyObjectCommand({ Bucket: other.bucket, Key, CopySource: encodeURI(`${Bucket}/${Key}`) })),
      );
      await Promise.all(copied);
      return other;
    },
    async files(folder) {
      const files: Files = new Map();
      const read = (await keys(`${folder}/`)).map(async (Key) => {
        const { Body: body } = await client.send(new GetObjectCommand({ Bucket, Key }));
        files.set(Key.slice(folder.length + 1), (await body?.transformToString("latin1")) ?? "");
      });
      await Promise.all(read);
      return files;
    },
    async plant(path, text) {
      await client.send(new PutObjectCommand({ Bucket, Key: path, Body: Buffer.from(text, "latin1") }));
    },
    async leaveHalf(Key) {
      const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key }));
      await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: "half of it" }));
    },
    async uploads() {
      const { Uploads: begun = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
      return begun.map(({ Key = "" }) => Key);
    },
    close: async () => store.close(),
  };
}
