import type { IncomingHttpHeaders } from "node:http";
import { describe, expect, it } from "vitest";
import { authenticate } from "./authentication.ts";
import { EngineError } from "./engine-error.ts";

const expected = { username: "snapdeck", password: "päss:word" };

function answer(headers: IncomingHttpHeaders, search = ""): number | "in" {
  try {
    authenticate(headers, new URLSearchParams(search), expected);
    return "in";
  } catch (error) {
    return error instanceof EngineError ? error.code : Number.NaN;
  }
}

function basic(text: string): IncomingHttpHeaders {
  return { authorization: `Basic ${Buffer.from(text).toString("base64")}` };
}

describe("authentication", () => {
  it("takes the right credentials by each of ClickHouse's three ways", () => {
    expect(answer(basic("snapdeck:päss:word"))).toBe("in");
    expect(answer({ "x-clickhouse-user": "snapdeck", "x-clickhouse-key": "päss:word" })).toBe("in");
    expect(answer({}, new URLSearchParams({ user: "snapdeck", password: "päss:word" }).toString())).toBe("in");
  });

  it("refuses wrong ones with 516, whichever part is wrong", () => {
    for (const text of ["snapdeck:", "snapdeck:wrong", "other:päss:word", "snapdeck", ""])
      expect(answer(basic(text))).toBe(516);
    expect(answer({ "x-clickhouse-user": "snapdeck" })).toBe(516);
    expect(answer({ authorization: "Bearer päss:word" })).toBe(516);
  });

  it("asks for credentials with 194 when there are none", () => {
    expect(answer({})).toBe(194);
  });

  it("refuses two ways at a time", () => {
    expect(answer(basic("snapdeck:päss:word"), "user=snapdeck")).toBe(516);
  });
});
