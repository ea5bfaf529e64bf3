import { Problem, type ProblemCode } from "@snapdeck/contract/problem";
import { type Body, type Params, type Query, type Reply, type RouteName, routes } from "@snapdeck/contract/routes";
import { ClusterId } from "@snapdeck/contract/scalars";
import { CSRF_HEADER, Session } from "@snapdeck/contract/session";
import { type Address, exchange } from "./exchange.ts";

/** The one cluster of a story. */
export const CLUSTER_ID = ClusterId.parse("local");

type Asked<R extends RouteName> = {
  readonly params?: Omit<Params<R>, "clusterId">;
  readonly query?: Partial<Query<R>>;
  readonly body?: Body<R>;
  readonly headers?: Record<string, string>;
};

/** What the server said: `reply` when it did as asked, `problem` when it refused. */
export type Answer<R extends RouteName> =
  | { readonly status: number; readonly reply: Reply<R>; readonly problem?: undefined }
  | { readonly status: number; readonly reply?: undefined; readonly problem: Problem };

/** The server asked directly, without a page, as one signed-in user. Every answer is checked against the contract. */
export class Api {
  readonly #address: () => Address;
  #cookie = "";
  #csrfToken = "";

  /** `address` is asked each time: a BFF that was started again may stand elsewhere. */
  constructor(address: () => Address) {
    this.#address = address;
  }

  async setUp(token: string, username: string, password: string): Promise<void> {
    await this.#enter(await this.ask("setUp", { body: { token, username, password } }));
  }

  async signIn(username: string, password: string): Promise<void> {
    await this.#enter(await this.ask("signIn", { body: { username, password } }));
  }

  async #enter(answer: Answer<"setUp" | "signIn">): Promise<void> {
    const session = Session.parse(answer.reply ?? {});
    if (!session.signedIn) throw new Error("the server did not sign in");
    this.#csrfToken = session.csrfToken;
  }

  /** Asks, and takes a refusal for an answer. */
  async ask<R extends RouteName>(name: R, asked: Asked<R> = {}): Promise<Answer<R>> {
    const route = routes[name];
    const params: Record<string, unknown> = { clusterId: CLUSTER_ID, ...asked.params };
    const path = route.path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(String(params[key])));
    const query = new URLSearchParams();
    for (const [key, value] of Object.entries(asked.query ?? {})) query.set(key, String(value));
    const body = route.body === undefined ? undefined : JSON.stringify(asked.body ?? {});
    const { status, headers, text } = await exchange(this.#address(), {
      method: route.method,
      path: `/api${path}${query.size === 0 ? "" : `?${query}`}`,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(this.#cookie === "" ? {} : { cookie: this.#cookie }),
        ...(this.#csrfToken === "" ? {} : { [CSRF_HEADER]: this.#csrfToken }),
        ...asked.headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    const [cookie] = headers["set-cookie"] ?? [];
    if (cookie !== undefined) this.#cookie = cookie.split(";")[0] ?? "";
    if (status >= 400) return { status, problem: Problem.parse(JSON.parse(text)) };
    const reply = route.response === undefined ? undefined : route.response.parse(JSON.parse(text));
    // The schema that was just used is the one that `Reply<R>` is inferred from.
    return { status, reply: reply as Reply<R> };
  }

  /** Asks for something that must be granted. */
  async get<R extends RouteName>(name: R, asked: Asked<R> = {}): Promise<Reply<R>> {
    const { status, reply, problem } = await this.ask(name, asked);
    if (problem !== undefined)
      throw new Error(`${name} was refused: ${status} ${problem.code}: ${problem.detail ?? ""}`);
    return reply;
  }

  /** Asks for something that must be refused. */
  async refusal<R extends RouteName>(
    name: R,
    asked: Asked<R> = {},
  ): Promise<{ status: number; code: ProblemCode; problem: Problem }> {
    const { status, problem } = await this.ask(name, asked);
    if (problem === undefined) throw new Error(`${name} was granted with ${status}, and should have been refused`);
    return { status, code: problem.code, problem };
  }
}
