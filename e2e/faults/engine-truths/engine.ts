import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../harness/processes.ts";
import type { FaultCase } from "../cases.ts";
import type { FaultWorld } from "../world.ts";

/** What the engine says of one of its own backups or restores. */
export type Operation = {
  readonly status: string;
  readonly error: string;
  readonly name: string;
  readonly query_id: string;
  readonly files_read: number;
  readonly bytes_read: number;
  readonly total_size: number;
  readonly uncompressed_size: number;
  readonly failed_writes: number;
};

const OPERATION = `SELECT toString(status) AS status, error, name, query_id, toUInt32(files_read) AS files_read, toFloat64(bytes_read) AS bytes_read,
  toFloat64(total_size) AS total_size, toFloat64(uncompressed_size) AS uncompressed_size,
  toUInt32(ProfileEvents['WriteBufferFromFileDescriptorWriteFailed']) AS failed_writes FROM system.backups`;

/** The engine of a world's one rank, spoken to without any of our code in between: what it does by itself is what is pinned. */
export class Engine {
  readonly #world: FaultWorld;
  /** A folder of the store that is this case's alone, as the engine names it. */
  readonly folder = `truth-${randomUUID()}`;

  constructor(world: FaultWorld) {
    this.#world = world;
    mkdirSync(this.place(""), { mode: 0o700 });
  }

  /** Where a name of the store stands on the disk. */
  place(name: string): string {
    return join(this.#world.stack.servers.storeRoot, this.folder, name);
  }

  /** As a destination in a statement. */
  file(name: string): string {
    return `File('${this.folder}/${name}')`;
  }

  async run(...statements: string[]): Promise<void> {
    for (const statement of statements) await this.#world.stack.ranks.command(statement);
  }

  async rows<Row>(query: string): Promise<Row[]> {
    return (await this.#world.stack.ranks.visit((ask) => ask<Row>(query))).flat();
  }

  /** The first column of the first row, as text. */
  async value(query: string): Promise<string> {
    const [row] = await this.rows<Record<string, unknown>>(query);
    return String(Object.values(row ?? {})[0]);
  }

  /** Begins a BACKUP or RESTORE; answers its id. */
  async begin(statement: string, ...settings: string[]): Promise<string> {
    const id = randomUUID();
    await this.run(`${statement} SETTINGS ${[`id = '${id}'`, ...settings].join(", ")} ASYNC`);
    return id;
  }

  async look(id: string): Promise<Operation | undefined> {
    return (await this.rows<Operation>(`${OPERATION} WHERE id = '${id}'`))[0];
  }

  async ended(id: string, timeoutMs = 30_000): Promise<Operation> {
    const isOver = (operation: Operation | undefined) =>
      operation !== undefined && !/^(?:CREATING_BACKUP|RESTORING)$/.test(operation.status);
    return until(
      "the engine has ended it",
      async () => {
        const operation = await this.look(id);
        return isOver(operation) ? operation : undefined;
      },
      timeoutMs,
    );
  }

  /** A BACKUP or RESTORE to its end. */
  async operation(statement: string, ...settings: string[]): Promise<Operation> {
    return this.ended(await this.begin(statement, ...settings));
  }

  /** What a statement that must fail says. */
  async failure(statement: string): Promise<string> {
    try {
      await this.run(statement);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    throw new Error(`this should have failed: ${statement}`);
  }

  /** A table of that many rows that do not compress, 24 bytes each. */
  async makeTable(name: string, rows: number, engine = "MergeTree ORDER BY id"): Promise<void> {
    await this.run(
      `CREATE TABLE truth.${name} (id UInt64, noise UInt128) ENGINE = ${engine}`,
      `INSERT INTO truth.${name} SELECT number, generateUUIDv4(number)::UInt128 FROM numbers(${rows})`,
    );
  }

  async clear(): Promise<void> {
    await this.run("DROP DATABASE IF EXISTS truth");
    rmSync(this.place(""), { recursive: true, force: true });
  }
}

/** A truth about the engine, as a case: what it does, and what we do about that. It is done in a database and a folder of its own. */
export function truth(
  of: { readonly id: string; readonly row: string; readonly title: string } & Partial<
    Pick<FaultCase, "needs" | "tier">
  >,
  run: (engine: Engine, world: FaultWorld) => Promise<string>,
): FaultCase {
  return {
    tier: "quick",
    ...of,
    fault: "-",
    run: async (world) => {
      const engine = new Engine(world);
      try {
        await engine.run("CREATE DATABASE truth");
        return await run(engine, world);
      } finally {
        await world.revive();
        await engine.clear();
      }
    },
  };
}
