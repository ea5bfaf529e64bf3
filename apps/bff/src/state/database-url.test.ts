import { expect, test } from "vitest";
import { isDatabaseUrl, nameOfDatabase } from "./database-url.ts";

test.each([
  ["postgres://ana:secret@db.example:5432/snapdeck", true],
  ["postgresql://db.example/snapdeck?sslmode=verify-full", true],
  ["postgres://db.example", false],
  ["mysql://ana:secret@db.example/snapdeck", false],
  ["/var/lib/snapdeck/state.sqlite", false],
  ["", false],
])("%s names a PostgreSQL database: %s", (text, isOne) => {
  expect(isDatabaseUrl(text)).toBe(isOne);
});

test("the name of a database says where it is, and nothing of who signs in", () => {
  expect(nameOfDatabase("postgres://ana:secret@db.example:5433/snapdeck")).toBe("snapdeck on db.example:5433");
  expect(nameOfDatabase("postgres://ana:secret@localhost/snapdeck?host=/run/pg")).toBe("snapdeck on /run/pg");
});
