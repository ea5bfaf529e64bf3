import { describe, expect, test } from "vitest";
import { queryReferences } from "./query-references.ts";

const qualified = (query: string) => queryReferences(query).qualified.map((pair) => pair.join("."));

describe("What a view's query speaks of", () => {
  test("is found with its schema, also quoted, joined and in a subquery", () => {
    expect(qualified("SELECT n FROM a.v INNER JOIN `b c`.`d\\`e` USING (n) WHERE n IN (SELECT n FROM f.g)")).toEqual([
      "a.v",
      "b c.d`e",
      "f.g",
    ]);
  });

  test("is found in a text where a dictionary is named so", () => {
    expect(qualified("SELECT dictGet('a.dic', 's', n), 'it\\'s one. Or two.', 'x.y.z'")).toEqual(
      ["a.dic", "it's one. Or two."].slice(0, 1),
    );
  });

  test("are functions that are called, and no words of a text", () => {
    const { called } = queryReferences("SELECT one_more(n), `two more`(n), 'three(n)' FROM a.b");
    expect([...called]).toEqual(["one_more", "two more"]);
  });
});
