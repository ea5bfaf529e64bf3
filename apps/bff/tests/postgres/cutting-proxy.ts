import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** When a connection is cut: before the server hears of the commit, or after, so that nobody hears what came of it. */
export type Cut = "before-commit" | "after-commit";

/** Stands between a client and PostgreSQL and cuts connections at the worst moments. */
export class CuttingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #port: number;
  #cuts: Cut[] = [];

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.#port = port;
  }

  static async before(url: string): Promise<CuttingProxy> {
    const target = Number(new URL(url).port);
    const server = createServer((client) => proxy.#join(client, connect(target, "127.0.0.1")));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy has no port");
    const proxy = new CuttingProxy(server, address.port);
    return proxy;
  }

  /** The same database, through here. */
  through(url: string): string {
    const changed = new URL(url);
    changed.port = String(this.#port);
    return changed.href;
  }

  /** Cuts the connections of the next commits, one for each. */
  cutNext(...cuts: Cut[]): void {
    this.#cuts = cuts;
  }

  get isDone(): boolean {
    return this.#cuts.length === 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #join(client: Socket, server: Socket): void {
    let isDeaf = false;
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
    }
    client.on("data", (bytes) => {
      const cut = bytes.includes("commit") ? this.#cuts.shift() : undefined;
      if (cut === "before-commit") {
        client.destroy();
        server.destroy();
        return;
      }
      if (cut === "after-commit") isDeaf = true;
      server.write(bytes);
    });
    server.on("data", (bytes) => {
      // The answer is here, so what it answers was done.
      if (isDeaf) client.destroy();
      else client.write(bytes);
    });
    client.on("close", () => server.end());
    server.on("close", () => client.destroy());
  }
}
