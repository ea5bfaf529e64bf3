import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** The network between the browser and the server, as a story can cut it and mend it. The server never notices more than that. */
export class Line {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isCut = false;

  private constructor(target: () => URL) {
    this.#server = createServer((inward) => {
      if (this.#isCut) {
        inward.resetAndDestroy();
        return;
      }
      const outward = connect(Number(target().port), target().hostname);
      for (const socket of [inward, outward]) {
        this.#sockets.add(socket);
        socket.on("close", () => this.#sockets.delete(socket));
        socket.on("error", () => undefined);
      }
      inward.pipe(outward).on("close", () => inward.destroy());
      outward.pipe(inward).on("close", () => outward.destroy());
    });
  }

  /** `target` is asked at each connection. */
  static async lay(target: () => URL): Promise<Line> {
    const line = new Line(target);
    line.#server.listen(0, "127.0.0.1");
    await once(line.#server, "listening");
    return line;
  }

  /** The address that the browser is given. */
  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the line is not laid");
    return `http://127.0.0.1:${address.port}`;
  }

  /** Ends every connection and lets none through. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  mend(): void {
    this.#isCut = false;
  }

  async remove(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** A port that nobody uses now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("the probe has no port");
  return address.port;
}
