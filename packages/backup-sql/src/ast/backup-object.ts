import type { QualifiedName } from "./qualified-name.ts";

/** What a backup can hold, in the words of its OBJECTS clause. ALL is a schema with everything in it. */
export const OBJECT_TYPES = [
  "ALL",
  "CONTEXT",
  "CREDENTIAL",
  "DATA SINK",
  "DATA SOURCE",
  "FUNCTION",
  "FUNCTION ENVIRONMENT",
  "PROCEDURE",
  "RESOURCE GROUP",
  "ROLE",
  "STREAM",
  "TABLE",
  "USER",
] as const;

export type ObjectType = (typeof OBJECT_TYPES)[number];

/** One item of an OBJECTS clause. Whether its type lives in a schema is not judged here. */
export type BackupObject = { readonly type: ObjectType; readonly name: QualifiedName };

/** The objects of a clause: there is always one. */
export type BackupObjects = readonly [BackupObject, ...BackupObject[]];
