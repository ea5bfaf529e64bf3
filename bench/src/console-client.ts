import { setTimeout as delay } from "node:timers/promises";
import type { Evidence } from "@snapdeck/contract/job";
import { Problem } from "@snapdeck/contract/problem";
import { CSRF_HEADER, Session } from "@snapdeck/contract/session";
import { SqlReply, type SqlValue } from "@snapdeck/contract/sql";

export type DatabaseBackupEvidence = Extract<Evidence, { kind: "database-backup" }>;

/** An admin at the HTTP API, who presses and waits until it is done. */
export class ConsoleClient {
  readonly #url: string;
  #cookie = "";
  #csrfToken = "";

  private constructor(url: string) {
    this.#url = url;
  }

  static async setUp(url: string, token: string): Promise<ConsoleClient> {
    const client = new ConsoleClient(url);
    const account = { token, username: "bench", password: "measures and weighs" };
    const session = Session.parse(await client.#post("/api/setup", account));
    if (!session.signedIn) throw new Error("the server did not sign in");
    client.#csrfToken = session.csrfToken;
    return client;
  }

  async whenServing(): Promise<void> {
    while (!(await this.run("SELECT 1").then(isTrue, isFalse))) await delay(50);
  }

  /** Runs statements to their end; answers the rows of the last that has some. */
  async run(sql: string): Promise<SqlValue[][]> {
    const results = await this.#results(sql);
    const rows = results.findLast((result) => result.kind === "rows");
    return rows?.kind === "rows" ? rows.rows : [];
  }

  /** Runs one statement that is a job, from the request to the state in which it ended, and answers what it has to show. */
  async job(sql: string): Promise<DatabaseBackupEvidence> {
    const [result] = await this.#results(sql);
    const state = result?.kind === "job" ? result.job.state : undefined;
    if (state?.name === "succeeded" && state.evidence.kind === "database-backup") return state.evidence;
    throw new Error(`${sql}: ended ${JSON.stringify(state)}`);
  }

  async #results(sql: string): Promise<SqlReply["results"]> {
    // A statement that is not the last is only answered once its job has ended, and that without any asking again.
    const reply = SqlReply.parse(await this.#post("/api/clusters/local/sql", { sql: `${sql}; SHOW CREDENTIAL *` }));
    if (reply.stoppedBy !== undefined) throw new Error(`${sql}: ${reply.stoppedBy.code}: ${reply.stoppedBy.detail}`);
    return reply.results.slice(0, -1);
  }

  async #post(path: string, body: unknown): Promise<unknown> {
    const answer = await fetch(new URL(path, this.#url), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        origin: this.#url,
        cookie: this.#cookie,
        [CSRF_HEADER]: this.#csrfToken,
      },
      body: JSON.stringify(body),
    });
    const [cookie] = answer.headers.getSetCookie();
    if (cookie !== undefined) this.#cookie = cookie.split(";")[0] ?? "";
    const said: unknown = await answer.json();
    if (answer.ok) return said;
    const { code, detail } = Problem.parse(said);
    throw new Error(`${path}: ${code}: ${detail}`);
  }
}

const isTrue = () => true;
const isFalse = () => false;
