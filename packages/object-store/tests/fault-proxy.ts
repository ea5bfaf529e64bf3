import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

/** What happens to a request, or to its answer, on the way. Bytes are counted in the answer's body. */
export type Fault =
  /** The request goes nowhere and nothing comes back, while the connection stands. */
  | { readonly kind: "black-hole" }
  /** The server gets the request and does what it says; its answer never comes back. */
  | { readonly kind: "lost-answer" }
  /** The connection is reset, as when a process dies. */
  | { readonly kind: "reset"; readonly afterBytes: number }
  /** The connection is closed as if everything had been said. */
  | { readonly kind: "cut"; readonly afterBytes: number }
  /** Only the first bytes come, and the answer says that there are no more. */
  | { readonly kind: "shorten"; readonly toBytes: number }
  /** The answer says that there are more bytes than come. */
  | { readonly kind: "wrong-length"; readonly byBytes: number }
  | { readonly kind: "slow"; readonly bytesPerSecond: number }
  /** Somebody else answers, in these words. */
  | { readonly kind: "answer"; readonly text: string };

type Armed = { fault: Fault; on: RegExp; timesLeft: number };

const HEAD_END = Buffer.from("\r\n\r\n");

/** How often a slow answer goes on, in milliseconds. */
const SLOW_STEP_MS = 50;

/** A complete HTTP answer of an S3 server that refuses. */
export function s3Refusal(status: number, code: string, more = ""): string {
  const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>words of the server</Message><RequestId>r-1</RequestId>${more}</Error>`;
  return `HTTP/1.1 ${status} Refused\r\nContent-Type: application/xml\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** Stands between a client and a server and does harm where it is told to. Without a fault it hands everything on. */
export class FaultProxy {
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #sockets = new Set<Socket>();
  #armed: Armed | undefined;
  /** Request lines, as they came. */
  readonly seen: string[] = [];

  private constructor(targetPort: number, tls: { key: string; cert: string } | undefined) {
    this.#targetPort = targetPort;
    const serve = (socket: Socket) => this.#serve(socket);
    this.#server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  }

  /** @param target the server's origin; `tls` makes the proxy speak it, with the server it stays plain */
  static async start(target: string, tls?: { key: string; cert: string }): Promise<FaultProxy> {
    const proxy = new FaultProxy(Number(new URL(target).port), tls);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy does not listen");
    return address.port;
  }

  /** From now on, `times` requests whose first line matches `on` meet the fault; all of them by default. Connections begin anew. */
  arm(
    fault: Fault | undefined,
    { on = /./, times = Number.POSITIVE_INFINITY }: { on?: RegExp; times?: number } = {},
  ): void {
    this.#armed = fault && { fault, on, timesLeft: times };
    for (const socket of this.#sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, "close");
  }

  #serve(client: Socket): void {
    const upstream = connect(this.#targetPort, "127.0.0.1");
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => this.#sockets.delete(socket));
    }
    client.on("close", () => upstream.destroy());
    let fault: Fault | undefined;
    let answer: Answer | undefined;
    // A client asks one thing after the other: what comes when nothing is open, or after an answer has begun, is a new request.
    client.on("data", (chunk) => {
      if (answer === undefined || answer.hasBegun) {
        fault = this.#faultFor(chunk.toString("latin1").split("\r\n", 1)[0] ?? "");
        answer = new Answer(client, upstream, fault);
        if (fault?.kind === "answer") {
          client.end(fault.text);
          return;
        }
      }
      if (fault?.kind !== "black-hole" && fault?.kind !== "answer") upstream.write(chunk);
    });
    upstream.on("data", (chunk) => answer?.take(chunk));
    upstream.on("close", () => answer?.isDripping || client.end());
  }

  #faultFor(requestLine: string): Fault | undefined {
    this.seen.push(requestLine);
    const armed = this.#armed;
    if (armed === undefined || armed.timesLeft === 0 || !armed.on.test(requestLine)) return undefined;
    armed.timesLeft -= 1;
    return armed.fault;
  }
}

/** One answer on its way to the client. */
class Answer {
  hasBegun = false;
  isDripping = false;
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #fault: Fault | undefined;
  #head = Buffer.alloc(0);
  #isHeadOver = false;
  #bodyBytes = 0;

  constructor(client: Socket, upstream: Socket, fault: Fault | undefined) {
    this.#client = client;
    this.#upstream = upstream;
    this.#fault = fault;
  }

  take(chunk: Buffer): void {
    this.hasBegun = true;
    if (this.#isHeadOver) return this.#body(chunk);
    this.#head = Buffer.concat([this.#head, chunk]);
    const at = this.#head.indexOf(HEAD_END);
    if (at < 0) return;
    this.#isHeadOver = true;
    const rest = this.#head.subarray(at + HEAD_END.length);
    const head = this.#changed(this.#head.subarray(0, at + HEAD_END.length).toString("latin1"));
    if (this.#fault?.kind === "lost-answer") return void this.#client.resetAndDestroy();
    this.#client.write(head, "latin1");
    this.#body(rest);
  }

  #changed(head: string): string {
    const fault = this.#fault;
    if (fault?.kind !== "wrong-length" && fault?.kind !== "shorten") return head;
    return head.replace(/^(content-length: )(\d+)/im, (_, name: string, length: string) => {
      const wrong = fault.kind === "shorten" ? Math.min(fault.toBytes, Number(length)) : Number(length) + fault.byBytes;
      return `${name}${Math.max(0, wrong)}`;
    });
  }

  #body(chunk: Buffer): void {
    const fault = this.#fault;
    const before = this.#bodyBytes;
    this.#bodyBytes += chunk.length;
    switch (fault?.kind) {
      case "reset":
      case "cut":
        this.#client.write(chunk.subarray(0, Math.max(0, fault.afterBytes - before)));
        if (this.#bodyBytes < fault.afterBytes) return;
        if (fault.kind === "reset") this.#client.resetAndDestroy();
        else this.#client.end();
        this.#upstream.destroy();
        return;
      case "shorten":
        this.#client.write(chunk.subarray(0, Math.max(0, fault.toBytes - before)));
        return;
      case "slow":
        this.#drip(chunk, Math.max(1, Math.round((fault.bytesPerSecond * SLOW_STEP_MS) / 1_000)));
        return;
      default:
        if (!this.#client.write(chunk)) {
          this.#upstream.pause();
          this.#client.once("drain", () => this.#upstream.resume());
        }
    }
  }

  #drip(chunk: Buffer, stepBytes: number): void {
    this.#upstream.pause();
    this.isDripping = true;
    let at = 0;
    const timer = setInterval(() => {
      this.#client.write(chunk.subarray(at, at + stepBytes));
      at += stepBytes;
      if (at < chunk.length && !this.#client.destroyed) return;
      clearInterval(timer);
      this.isDripping = false;
      this.#upstream.resume();
    }, SLOW_STEP_MS);
  }
}
