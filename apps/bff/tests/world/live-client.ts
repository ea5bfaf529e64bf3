import { LIVE_PATH, LiveFrame, type LiveRequest } from "@snapdeck/contract/live";
import WebSocket from "ws";
import type { Browser } from "./browser.ts";
import { LOCAL } from "./memory-cluster-services.ts";

type FrameOf<T extends LiveFrame["type"]> = Extract<LiveFrame, { type: T }>;

/** One live connection as the page has it, and everything it was told. */
export class LiveClient {
  readonly socket: WebSocket;
  readonly frames: LiveFrame[] = [];
  readonly closed: Promise<number>;
  readonly #waiting = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => {
      this.frames.push(LiveFrame.parse(JSON.parse(String(data))));
      for (const look of [...this.#waiting]) look();
    });
    this.closed = new Promise((resolve) => socket.on("close", resolve));
    socket.on("error", () => undefined);
  }

  /** Opens a connection with the browser's cookie. Answers the HTTP status instead when it is refused. */
  static async open(browser: Browser, headers: Record<string, string | undefined> = {}, path = LIVE_PATH) {
    const all = { cookie: browser.cookie, origin: browser.url, ...headers };
    const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const socket = new WebSocket(browser.url.replace("http", "ws") + path, { headers: Object.fromEntries(given) });
    const client = new LiveClient(socket);
    return new Promise<LiveClient | number>((resolve) => {
      socket.on("open", () => resolve(client));
      socket.on("unexpected-response", (request, response) => {
        request.destroy();
        resolve(response.statusCode ?? 0);
      });
    });
  }

  /** As `open`, where nothing else but a connection will do. */
  static async of(browser: Browser): Promise<LiveClient> {
    const client = await LiveClient.open(browser);
    if (typeof client === "number") throw new Error(`the connection was refused with ${client}`);
    return client;
  }

  say(request: LiveRequest): void {
    this.socket.send(JSON.stringify(request));
  }

  follow(since: number): void {
    this.say({ type: "follow", clusterId: LOCAL, since });
  }

  of<T extends LiveFrame["type"]>(type: T): FrameOf<T>[] {
    return this.frames.filter((frame): frame is FrameOf<T> => frame.type === type);
  }

  /** The `seq` of each change, in the order in which they came. */
  seqs(): number[] {
    return this.of("job").map(({ seq }) => seq);
  }

  /** Waits until `fact` holds of what came. */
  async until(fact: (client: LiveClient) => boolean): Promise<void> {
    if (fact(this)) return;
    await new Promise<void>((resolve) => {
      const look = () => {
        if (!fact(this)) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}
