import { describe, expect, it } from "vitest";
import { EngineError, engineErrorOf, httpStatusOf } from "./engine-error.ts";

describe("an error of the engine", () => {
  it("keeps its number, its name and its text", () => {
    const error = engineErrorOf(new Error("Code: 60. DB::Exception: Table a.b does not exist. (UNKNOWN_TABLE)"));
    expect(error).toMatchObject({ code: 60, codeName: "UNKNOWN_TABLE", message: "Table a.b does not exist" });
    expect(error.print("26.7.2.1")).toBe(
      "Code: 60. DB::Exception: Table a.b does not exist. (UNKNOWN_TABLE) (version 26.7.2.1)",
    );
  });

  it("is taken out of the errors that it is wrapped in", () => {
    const text =
      "Code: 73. DB::Exception: Code: 73. DB::Exception: Unknown format Nope. (UNKNOWN_FORMAT) (version 26.7.2.1). (UNKNOWN_FORMAT)";
    expect(engineErrorOf(new Error(text))).toMatchObject({ code: 73, message: "Unknown format Nope" });
  });

  it("says nothing of the pipe that the data came through", () => {
    const text =
      "Code: 27. DB::Exception: Code: 27. DB::Exception: Cannot parse input: (at row 1)\n: (in file/uri /tmp/x/pipe-1): While executing File: data for INSERT was parsed from file. (CANNOT_PARSE) (version 26.7.2.1). (CANNOT_PARSE)";
    const error = engineErrorOf(new Error(text));
    expect(error.message).not.toMatch(/pipe|parsed from file/);
    expect(error.message).toContain("(at row 1)");
  });

  it("that is none of the engine's is code 1002", () => {
    expect(engineErrorOf(new TypeError("boom")).code).toBe(1002);
    expect(engineErrorOf(new EngineError(202, "TOO_MANY", "x")).code).toBe(202);
  });

  it.each([
    [62, 400],
    [194, 401],
    [516, 403],
    [60, 404],
    [81, 404],
    [159, 408],
    [48, 501],
    [241, 500],
  ])("code %i is answered with HTTP %i", (code, status) => {
    expect(httpStatusOf(code)).toBe(status);
  });
});
