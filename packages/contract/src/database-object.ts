import { z } from "zod";

/** A name as the engine knows it; whoever turns it into SQL quotes it. */
const ObjectName = z
  .string()
  .min(1)
  .max(256)
  .refine((name) => !name.includes("\0"), { message: "holds a NUL" });

/** What the OBJECTS of a database backup can name, in the words of the SQL dialect. ALL is a schema with everything in it. */
export const DatabaseObjectType = z.enum([
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
]);
export type DatabaseObjectType = z.infer<typeof DatabaseObjectType>;

/** One item of OBJECTS: `schema` is absent for what lives in none, and for ALL, whose name is the schema's. */
export const DatabaseObjectRef = z.object({
  type: DatabaseObjectType,
  schema: ObjectName.optional(),
  name: ObjectName,
});
export type DatabaseObjectRef = z.infer<typeof DatabaseObjectRef>;

/** What a snapshot holds a definition of: ALL is taken apart into the schema and what is in it. A view is a TABLE. */
export const StoredObjectType = z.enum(["SCHEMA", ...DatabaseObjectType.exclude(["ALL"]).options]);
export type StoredObjectType = z.infer<typeof StoredObjectType>;

export const StoredObjectRef = z.object({
  type: StoredObjectType,
  schema: ObjectName.optional(),
  name: ObjectName,
});
export type StoredObjectRef = z.infer<typeof StoredObjectRef>;

/** One object of a snapshot, as `<backup>.mdb` keeps it. Text that may hold a secret is sealed with a key that is not in the store. */
export const ObjectDefinition = z.object({
  ref: StoredObjectRef,
  ddl: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("plain"), text: z.string() }),
    z.object({ kind: z.literal("sealed"), text: z.string() }),
  ]),
  /** The engine of a table, such as `MergeTree` or `View`. */
  engine: z.string().optional(),
  /** As counted in the snapshot; absent for what holds no rows, or none that are counted. */
  rows: z.int().nonnegative().optional(),
  /** What must be there before this can be made. */
  dependsOn: z.array(StoredObjectRef).optional(),
});
export type ObjectDefinition = z.infer<typeof ObjectDefinition>;
