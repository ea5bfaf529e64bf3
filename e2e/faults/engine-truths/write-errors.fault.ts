import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { faults } from "../cases.ts";
import { SmallDisk } from "../small-disk.ts";
import { truth } from "./engine.ts";

const store = new SmallDisk("store", 90);
const data = new SmallDisk("data", 90);

/** Some 5 MB, which do not fit beside the filler. */
const ROWS = 200_000;

function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

faults("F1: a full store", store.withStack, [
  store.freedAfter(
    truth(
      {
        id: "F1-backup",
        row: "F1",
        title:
          "BACKUP to a full disk ends in BACKUP_CREATED over short files; only a counter tells. We look at it and at every size",
      },
      async (engine, world) => {
        await engine.makeTable("t", ROWS);
        store.fillUp(world, 2 * 1024 * 1024);
        const { status, failed_writes, total_size } = await engine.operation(
          `BACKUP TABLE truth.t TO ${engine.file("b")}`,
        );
        const bytes = bytesBelow(engine.place("b"));
        expect([status, failed_writes > 0, bytes < total_size]).toEqual(["BACKUP_CREATED", true, true]);
        return `${status}, ${failed_writes} failed writes, ${bytes} of ${total_size} bytes`;
      },
    ),
  ),
]);

faults("F3: a full data disk", data.withStack, [
  data.freedAfter(
    truth(
      {
        id: "F3-restore",
        row: "F3",
        title:
          "RESTORE to a full disk ends in RESTORED with the right count() and an intact CHECK TABLE; only a scan fails. We scan all",
      },
      async (engine, world) => {
        await engine.makeTable("t", ROWS, "Log");
        expect((await engine.operation(`BACKUP TABLE truth.t TO ${engine.file("b")}`)).status).toBe("BACKUP_CREATED");
        data.fillUp(world, 2 * 1024 * 1024);
        const { status, error, failed_writes } = await engine.operation(
          `RESTORE TABLE truth.t AS truth.r FROM ${engine.file("b")}`,
        );
        expect(status, error).toBe("RESTORED");
        const scan = await engine.failure("SELECT sum(cityHash64(*)) FROM truth.r FORMAT Null");
        return `${status}, ${failed_writes} failed writes, scan: ${scan.slice(0, 60)}`;
      },
    ),
  ),
]);
