import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { FakeServer, PASSWORD } from "./fake-server.ts";

/** `tsx tests/fake-server/main.ts --port 8000 [--empty] [--fresh] [--backups 3] [--ranks 1] [--dist <folder>]` */
const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8000" },
    empty: { type: "boolean", default: false },
    fresh: { type: "boolean", default: false },
    backups: { type: "string", default: "48" },
    ranks: { type: "string", default: "3" },
    dist: { type: "string", default: join(dirname(fileURLToPath(import.meta.url)), "../../dist") },
  },
});
const fake = new FakeServer(values.dist, {
  empty: values.empty,
  fresh: values.fresh,
  backups: Number(values.backups),
  ranks: Number(values.ranks),
});
fake.server.listen(Number(values.port), "127.0.0.1", () => {
  process.stdout.write(`fake server on http://127.0.0.1:${values.port}, ana / olaf / vera, password "${PASSWORD}"\n`);
});
