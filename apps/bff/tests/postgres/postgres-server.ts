import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { postgresAccount, postgresBinaries } from "./postgres-binaries.ts";

const USER = "snapdeck";
const STARTS_WITHIN_MS = 60_000;

/**
 * A PostgreSQL of our own: its own directory, its own port on loopback, a password, and every commit on the disk before it is
 * acknowledged. Ended by its process id; nothing of it is left.
 */
export class PostgresServer {
  readonly #directory = mkdtempSync(join(tmpdir(), "snapdeck-pg-"));
  readonly #account = postgresAccount();
  readonly #bin = postgresBinaries();
  readonly #logFile = openSync(join(this.#directory, "log"), "a");
  readonly password = randomBytes(12).toString("hex");
  #port = 0;
  #child: ChildProcess | undefined;
  #databases = 0;
  readonly #atExit = () => this.#child?.kill("SIGKILL");

  static async start(): Promise<PostgresServer> {
    const server = new PostgresServer();
    process.once("exit", server.#atExit);
    await server.#initialise();
    await server.start();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  /** Where that database is, for a client. */
  urlOf(database: string): string {
    return `postgres://${USER}:${this.password}@127.0.0.1:${this.#port}/${database}`;
  }

  /** The URL of a new empty database, with the collation of an ordinary installation. */
  async freshDatabase(): Promise<string> {
    this.#databases += 1;
    const name = `state_${this.#databases}`;
    await this.query("postgres", `create database ${name} template template0 encoding 'UTF8'`);
    return this.urlOf(name);
  }

  /** Runs statements as the administrator. */
  async query(database: string, sql: string): Promise<pg.QueryResult> {
    const client = new pg.Client({ connectionString: this.urlOf(database) });
    await client.connect();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  }

  /** Starts it, on the port it had before. Resolves once it answers. */
  async start(): Promise<void> {
    if (this.#port === 0) this.#port = await freePort();
    const giveUpAtMs = performance.now() + STARTS_WITHIN_MS;
    for (;;) {
      // What a killed server leaves is found and cleared by the next one; for a moment its memory may still be in use.
      this.#child = this.#run("postgres", ["-D", this.#data, "-p", String(this.#port)], this.#logFile);
      const gone = once(this.#child, "exit");
      while (this.#child.exitCode === null && this.#child.signalCode === null) {
        if (await this.#answers()) return;
        await Promise.race([pause(20), gone]);
      }
      if (performance.now() > giveUpAtMs) throw new Error(`PostgreSQL does not start: ${this.#log()}`);
      await pause(100);
    }
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGINT");
    await gone;
  }

  /** SIGKILL for it and all its processes: nothing is flushed, as if the machine had lost its power but not its disk's memory. */
  async crash(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) throw new Error("PostgreSQL does not run");
    const gone = once(child, "exit");
    const backends = childrenOf(child.pid);
    for (const pid of [child.pid, ...backends]) kill(pid, "SIGKILL");
    await gone;
    while (backends.some(isAlive)) await pause(5);
  }

  /** Makes it and all its processes stand still, or go on. */
  freeze(signal: "SIGSTOP" | "SIGCONT"): void {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error("PostgreSQL does not run");
    for (const each of [pid, ...childrenOf(pid)]) kill(each, signal);
  }

  async remove(): Promise<void> {
    process.off("exit", this.#atExit);
    await this.stop();
    closeSync(this.#logFile);
    rmSync(this.#directory, { recursive: true, force: true });
  }

  get #data(): string {
    return join(this.#directory, "data");
  }

  async #initialise(): Promise<void> {
    const passwordFile = join(this.#directory, "password");
    writeFileSync(passwordFile, this.password, { mode: 0o600 });
    if (this.#account !== undefined) {
      for (const path of [this.#directory, passwordFile]) chownSync(path, this.#account.uid, this.#account.gid);
    }
    const args = [
      "-N",
      "-D",
      this.#data,
      "-U",
      USER,
      "--pwfile",
      passwordFile,
      "--auth",
      "scram-sha-256",
      "-E",
      "UTF8",
    ];
    // A language of people where there is one: what our own order of texts has to hold against.
    const child = this.#run(
      "initdb",
      [...args, "--locale-provider=icu", "--icu-locale=en", "--locale=C.UTF-8"],
      "pipe",
    );
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(`initdb ended with ${code}: ${output}`);
    const { uid, gid } = this.#account ?? {};
    const file = join(this.#data, "snapdeck.conf");
    writeFileSync(file, SETTINGS(this.#directory));
    if (uid !== undefined && gid !== undefined) chownSync(file, uid, gid);
    writeFileSync(join(this.#data, "postgresql.conf"), `include '${file}'\n`);
  }

  #run(program: string, args: readonly string[], output: number | "pipe"): ChildProcess {
    return spawn(join(this.#bin, program), [...args], {
      // Its parent may stand where it may not.
      cwd: this.#directory,
      stdio: ["ignore", output, output],
      env: { LANG: "C.UTF-8" },
      ...this.#account,
    });
  }

  async #answers(): Promise<boolean> {
    try {
      await this.query("postgres", "select 1");
      return true;
    } catch {
      return false;
    }
  }

  #log(): string {
    return readFileSync(join(this.#directory, "log"), "utf8").slice(-2_000);
  }
}

const SETTINGS = (directory: string) => `
listen_addresses = '127.0.0.1'
unix_socket_directories = '${directory}'
max_connections = 100
shared_buffers = 16MB
logging_collector = off
`;

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("there is no free port");
  return address.port;
}

function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => statOf(pid)?.parent === parent);
}

/** State and parent of a process. They stand behind its name, which is in parentheses and may hold anything (proc(5)). */
function statOf(pid: number): { readonly state: string; readonly parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state = "", parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** One that nobody has buried yet holds no memory any more. */
function isAlive(pid: number): boolean {
  const state = statOf(pid)?.state;
  return state !== undefined && state !== "Z";
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}
