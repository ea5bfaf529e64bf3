import fc from "fast-check";
import { expect, test } from "vitest";
import type { CreateConnection } from "./connection-kind.ts";
import { definitionOf, settled, textOf } from "./stored-connection.ts";

const name = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .filter((each) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(each));
const qualified = fc.record({ schema: name, name });
const text = fc.string({ unit: "grapheme", maxLength: 40 });

const connection: fc.Arbitrary<CreateConnection> = fc.oneof(
  fc.record({
    kind: fc.constant("create-credential" as const),
    name: qualified,
    orReplace: fc.boolean(),
    type: fc.constant("aws_access_key" as const),
    identity: text,
    secret: text,
    options: fc.constant({}),
  }),
  fc.record({
    kind: fc.constant("create-data-sink" as const),
    name: qualified,
    orReplace: fc.boolean(),
    location: text,
    options: fc.record({ credential: qualified, bucketName: text, s3KmsKeyId: text }),
  }),
);

test("A connection is read back from the text that is kept exactly as it was given", () => {
  fc.assert(
    fc.property(connection, (given) => {
      const definition = settled(given);
      expect(definitionOf(textOf(definition))).toEqual({ ...given, orReplace: false });
    }),
  );
});

test("A connection that is too long to be read back is refused", () => {
  const long = { kind: "create-data-sink", name: { name: "s" }, orReplace: false, options: {} } as const;
  expect(() => textOf(settled({ ...long, location: "x".repeat(100_000) }))).toThrow("may have 100000");
});
