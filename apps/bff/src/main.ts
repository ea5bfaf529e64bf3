import { EXIT_CODES } from "./start/start-failure.ts";

/** The oldest Node.js that everything here was tried on (`engines` in the repository's package.json). */
const OLDEST_NODE = [20, 19] as const;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
  process.stderr.write(
    `this is Node.js ${process.versions.node}, and Snapdeck needs ${OLDEST_NODE.join(".")} or newer; nothing was started. Install a newer one\n`,
  );
  process.exit(EXIT_CODES["node-too-old"]);
}

// Loaded only now: an old Node.js could not even read it.
const { run } = await import("./start/run.ts");
await run(process.argv.slice(2));
