import { expect, test } from "vitest";
import { baseDestination, engineDestination, placeSettings } from "./engine-destination.ts";

const BUCKET = { kind: "s3", url: "https://s3.here/b/x", accessKeyId: "id", secretAccessKey: "it's" } as const;

test("a directory is named by its absolute path, quoted", () => {
  const directory = { kind: "directory", root: "/a'b" } as const;
  expect(engineDestination(directory, "c/1")).toBe("File('/a\\'b/c/1')");
  expect(baseDestination(directory, "c/1")).toBe("File('/a\\'b/c/1')");
  expect(placeSettings(directory)).toEqual([]);
});

test("a bucket is named with its keys, and without them where the engine writes the text down", () => {
  expect(engineDestination(BUCKET, "c/1")).toBe("S3('https://s3.here/b/x/c/1', 'id', 'it\\'s')");
  expect(baseDestination(BUCKET, "c/1")).toBe("S3('https://s3.here/b/x/c/1')");
  expect(placeSettings(BUCKET)).toContain("use_same_s3_credentials_for_base_backup = 1");
});
