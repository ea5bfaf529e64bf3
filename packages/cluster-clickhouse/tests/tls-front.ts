import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";

/** Speaks TLS for a server that does not, with a certificate that nobody vouches for but a file. */
export class TlsFront {
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  /** Whoever trusts what it holds trusts this front. */
  readonly caFile: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #scratch: string;

  private constructor(server: Server, sockets: Set<Socket>, scratch: string, caFile: string) {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the front does not listen");
    this.url = `https://127.0.0.1:${address.port}`;
    this.caFile = caFile;
    this.#server = server;
    this.#sockets = sockets;
    this.#scratch = scratch;
  }

  /** @param target the origin of a server on loopback */
  static async start(target: string): Promise<TlsFront> {
    const scratch = await mkdtemp(join(tmpdir(), "snapdeck-tls-"));
    const [keyFile, certFile] = [join(scratch, "key.pem"), join(scratch, "cert.pem")];
    const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-days", "2"];
    const files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", keyFile, "-out", certFile];
    execFileSync("openssl", [...made, ...files], { stdio: "ignore" });
    const [key, cert] = await Promise.all([readFile(keyFile), readFile(certFile)]);
    const { hostname, port } = new URL(target);
    const sockets = new Set<Socket>();
    const server = createServer({ key, cert }, (client) => {
      const upstream = connect(Number(port), hostname);
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on("error", () => undefined);
        socket.on("close", () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
      }
      client.pipe(upstream).pipe(client);
    });
    server.on("tlsClientError", () => undefined);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new TlsFront(server, sockets, scratch, certFile);
  }

  async stop(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server, "close");
    await rm(this.#scratch, { recursive: true, force: true });
  }
}
