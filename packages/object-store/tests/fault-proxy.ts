import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

/** What happens to a request, or to its answer, on the way. Bytes are counted in the answer's body. */
export type Fault =
  /** The request goes nowhere and nothing comes back, while the connection stands. */
  | { readonly kind: "black-hole" }
  /** The server gets the request and does what it says; its answer never comes back. */
  | { readonly kind: "lost-answer" }
  /** The server gets the first bytes of the request, head and body, and then no more. */
  | { readonly kind: "cut-request"; readonly afterBytes: number }
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

/** Which requests meet a fault; all of them by default. */
export type When = {
  /** Matches the first lines of those that do. */
  readonly on?: RegExp;
  readonly times?: number;
  /** It begins with the request whose first line matches, after so many others that do. */
  readonly from?: { readonly at: RegExp; readonly after: number };
};

type Armed = { fault: Fault; on: RegExp; timesLeft: number; from: { at: RegExp; left: number } };

const HEAD_END = Buffer.from("\r\n\r\n");

/** How often a slow answer goes on, in milliseconds. */
const SLOW_STEP_MS = 50;

/** A complete HTTP answer. */
export function httpAnswer(status: number, body: string, headers: readonly string[] = []): string {
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  return [`HTTP/1.1 ${status} Status`, "Connection: close", length, ...headers, "", body].join("\r\n");
}

/** How an S3 server refuses; `more` are further elements of its answer. */
export function s3Refusal(status: number, code: string, more = "", headers: readonly string[] = []): string {
  const said = `<Code>${code}</Code><Message>words of the server</Message><RequestId>r-1</RequestId>${more}`;
  return httpAnswer(status, `<?xml version="1.0"?><Error>${said}</Error>`, [
    "Content-Type: application/xml",
    ...headers,
  ]);
}

/** Stands between a client and a server and does harm where it is told to. Without a fault it hands everything on. */
export class FaultProxy {
  readonly #server: Server;
  readonly #targetPort: number;
  readonly #sockets = new Set<Socket>();
  #armed: Armed | undefined;
  /** Request lines, as they came. */
  readonly seen: string[] = [];
  /** The same with their headers. */
  readonly heads: string[] = [];

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

  /** From now on requests meet the fault. Connections begin anew. */
  arm(fault: Fault | undefined, { on = /./, times = Number.POSITIVE_INFINITY, from }: When = {}): void {
    const { at, after: left } = from ?? { at: /./, after: 0 };
    this.#armed = fault && { fault, on, timesLeft: times, from: { at, left } };
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
    let answer: Answer | undefined;
    const requests = new Requests((head) => {
      const fault = this.#faultFor(head);
      answer = new Answer(client, upstream, fault);
      if (fault?.kind === "answer") client.end(fault.text);
      return fault;
    });
    client.on("data", (chunk) => {
      for (const { bytes, fault, at } of requests.take(chunk)) {
        if (fault?.kind === "cut-request") {
          upstream.write(bytes.subarray(0, Math.max(0, fault.afterBytes - at)));
          if (at + bytes.length >= fault.afterBytes) client.resetAndDestroy();
        } else if (fault?.kind !== "black-hole" && fault?.kind !== "answer") {
          upstream.write(bytes);
        }
      }
    });
    upstream.on("data", (chunk) => answer?.take(chunk));
    upstream.on("close", () => answer?.isDripping || client.end());
  }

  #faultFor(head: string): Fault | undefined {
    const [requestLine = ""] = head.split("\r\n", 1);
    this.seen.push(requestLine);
    this.heads.push(head);
    const armed = this.#armed;
    if (armed === undefined || armed.timesLeft === 0 || !this.#hasBegun(armed.from, requestLine)) return undefined;
    if (!armed.on.test(requestLine)) return undefined;
    armed.timesLeft -= 1;
    return armed.fault;
  }

  #hasBegun(from: Armed["from"], requestLine: string): boolean {
    if (from.left >= 0 && from.at.test(requestLine)) from.left -= 1;
    return from.left < 0;
  }
}

/** Tells requests on one connection apart; each has a head and as many bytes as that says. */
class Requests {
  readonly #onHead: (head: string) => Fault | undefined;
  #unread = Buffer.alloc(0);
  #fault: Fault | undefined;
  #bodyBytesLeft = 0;
  #at = 0;

  constructor(onHead: (head: string) => Fault | undefined) {
    this.#onHead = onHead;
  }

  /** Pieces to be handed on, with the fault of their request and where in it they begin. */
  *take(chunk: Buffer): Generator<{ bytes: Buffer; fault: Fault | undefined; at: number }> {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    while (this.#unread.length > 0) {
      if (this.#bodyBytesLeft === 0) {
        const end = this.#unread.indexOf(HEAD_END);
        if (end < 0) return;
        const head = this.#unread.toString("latin1", 0, end);
        this.#fault = this.#onHead(head);
        this.#at = 0;
        this.#bodyBytesLeft = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
        yield this.#piece(end + HEAD_END.length);
      } else {
        const bytes = Math.min(this.#bodyBytesLeft, this.#unread.length);
        this.#bodyBytesLeft -= bytes;
        yield this.#piece(bytes);
      }
    }
  }

  #piece(length: number) {
    const piece = { bytes: this.#unread.subarray(0, length), fault: this.#fault, at: this.#at };
    this.#unread = this.#unread.subarray(length);
    this.#at += length;
    return piece;
  }
}

/** One answer on its way to the client. */
class Answer {
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
    if (this.#isHeadOver) {
      this.#body(chunk);
      return;
    }
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
        if (this.#bodyBytes < fault.toBytes) return;
        this.#client.end();
        this.#upstream.destroy();
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
