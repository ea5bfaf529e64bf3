import { type IncomingHttpHeaders, request } from "node:http";
import { Problem } from "@snapdeck/contract/problem";
import { CSRF_HEADER, Session } from "@snapdeck/contract/session";

type Ask = {
  readonly body?: unknown;
  /** Sent as it stands, whatever it is. */
  readonly raw?: string | Buffer;
  readonly headers?: Record<string, string | undefined>;
};

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly bytes: Buffer;
  json(): unknown;
  problem(): Problem;
};

/** Asks as a browser does: with origin, cookie and CSRF token; each can be replaced or, by `undefined`, left out. */
export class Browser {
  readonly #url: string;
  cookie: string | undefined;
  csrfToken: string | undefined;

  constructor(url: string) {
    this.#url = url;
  }

  get url(): string {
    return this.#url;
  }

  async ask(method: string, path: string, { body, raw, headers = {} }: Ask = {}): Promise<Answer> {
    const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const isChange = method !== "GET" && method !== "HEAD";
    const sent: Record<string, string | undefined> = {
      cookie: this.cookie,
      ...(isChange ? { origin: this.#url, "sec-fetch-site": "same-origin", [CSRF_HEADER]: this.csrfToken } : {}),
      ...(content === undefined
        ? {}
        : { "content-type": "application/json", "content-length": String(Buffer.byteLength(content)) }),
      ...headers,
    };
    const { hostname, port } = new URL(this.#url);
    const given = Object.entries(sent).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return new Promise((resolve, reject) => {
      const asked = request(
        { method, hostname, port, path, headers: Object.fromEntries(given), agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const bytes = Buffer.concat(chunks);
            const text = bytes.toString("utf8");
            this.#keepCookie(response.headers["set-cookie"]);
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text,
              bytes,
              json: () => JSON.parse(text),
              problem: () => Problem.parse(JSON.parse(text)),
            });
          });
        },
      );
      asked.on("error", reject);
      asked.end(content);
    });
  }

  async signIn(username: string, password: string): Promise<Answer> {
    const answer = await this.ask("POST", "/api/session", { body: { username, password } });
    if (answer.status === 201) this.#keepToken(answer);
    return answer;
  }

  async setUp(token: string, username: string, password: string): Promise<Answer> {
    const answer = await this.ask("POST", "/api/setup", { body: { token, username, password } });
    if (answer.status === 201) this.#keepToken(answer);
    return answer;
  }

  #keepToken(answer: Answer): void {
    const session = Session.parse(answer.json());
    this.csrfToken = session.signedIn ? session.csrfToken : undefined;
  }

  #keepCookie(cookies: string[] | undefined): void {
    for (const cookie of cookies ?? []) {
      const [pair = ""] = cookie.split(";");
      this.cookie = pair.endsWith("=") ? undefined : pair;
    }
  }
}
