import { describe, expect, test } from "vitest";
import { refuseFullDisk } from "./home.mjs";
import { readOptions } from "./options.mjs";
import { lastWords, parseReadyLine } from "./server-process.mjs";
import { pauseBeforeRestart } from "./supervisor.mjs";

describe("the options of npm start", () => {
  test("have defaults that need no thought", () => {
    expect(readOptions([], { XDG_DATA_HOME: "/data" })).toEqual({
      port: 8000,
      home: "/data/snapdeck",
      ranks: undefined,
      name: undefined,
      exampleData: false,
      logLevel: "info",
      help: false,
    });
  });

  test("ignore a data home that is not absolute, as its specification asks", () => {
    expect(readOptions([], { XDG_DATA_HOME: "data" }).home).toMatch(/\/\.local\/share\/snapdeck$/);
  });

  const wrong = [
    { args: ["--port", "http"], tells: "--port takes a whole number from 0 to 65535" },
    { args: ["--port", "70000"], tells: "--port takes a whole number" },
    { args: ["--ranks", "0"], tells: "--ranks takes a whole number from 1 to 64" },
    { args: ["--name", "  "], tells: "--name takes 1 to 63 characters" },
    { args: ["--log-level", "loud"], tells: "--log-level is one of" },
    { args: ["--home", ""], tells: "--home takes a directory" },
    { args: ["--prot", "1"], tells: "npm start -- --help" },
    { args: ["stray"], tells: "npm start -- --help" },
  ];
  test.each(wrong)("refuse $args and say what is possible", ({ args, tells }) => {
    expect(() => readOptions(args, {})).toThrow(tells);
  });
});

describe("the disk", () => {
  test("is too small below 1 GiB, and the refusal says the numbers", () => {
    expect(() => refuseFullDisk("/h", 1024 ** 3 - 1)).toThrow("has 1023 MiB free, and Snapdeck needs 1024 MiB");
  });

  test("is large enough from 1 GiB", () => {
    expect(() => refuseFullDisk("/h", 1024 ** 3)).not.toThrow();
  });
});

describe("a server that died", () => {
  test("is started again at once, then after longer and longer pauses", () => {
    const pauses = [1, 2, 3, 4, 5].map((deaths) => pauseBeforeRestart(Array(deaths).fill(0), 0));
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000]);
  });

  test("is given up when it died six times within two minutes", () => {
    expect(pauseBeforeRestart(Array(6).fill(0), 0)).toBeUndefined();
  });

  test("is forgiven what it did more than two minutes ago", () => {
    expect(pauseBeforeRestart([0, 0, 0, 0, 0, 200_000], 200_000)).toBe(250);
  });
});

describe("what a server says", () => {
  test("is its ready line only when it says so and where", () => {
    expect(parseReadyLine('{"ready":true,"url":"http://127.0.0.1:1"}')?.url).toBe("http://127.0.0.1:1");
    expect(parseReadyLine('{"ready":true}')).toBeUndefined();
    expect(parseReadyLine("listening")).toBeUndefined();
  });

  const logs = [
    { name: "its last line", log: "starting\nthe store is missing\n", words: "the store is missing" },
    {
      name: "the message of its last error",
      log: '{"level":50,"msg":"no key"}\n{"level":30,"msg":"bye"}\n',
      words: "no key",
    },
    { name: "the message of its fatal error", log: '{"level":"fatal","msg":"in use"}\n', words: "in use" },
    {
      name: "the error itself, not its stack",
      log: "Error: broken\n    at main (x.mjs:1:1)\n",
      words: "Error: broken",
    },
    { name: "nothing when it was silent", log: "\n", words: undefined },
  ];
  test.each(logs)("last is $name", ({ log, words }) => {
    expect(lastWords(log)).toBe(words);
  });
});
