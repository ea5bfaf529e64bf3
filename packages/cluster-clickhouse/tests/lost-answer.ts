import { once } from "node:events";
import { createServer } from "node:http";

/** Hands every call on to a host manager. The answer to the first that `isLost` names is cut off once `until` resolved. */
export async function proxyThatLoses(
  target: string,
  isLost: (call: string) => boolean,
  until: () => Promise<void>,
): Promise<AsyncDisposable & { url: string; lost: () => number }> {
  let lost = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { authorization = "" } = request.headers;
    const answer = await fetch(new URL(request.url ?? "/", target), {
      method: request.method ?? "GET",
      headers: { authorization, ...(chunks.length === 0 ? {} : { "content-type": "application/json" }) },
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    });
    const text = await answer.text();
    if (lost === 0 && isLost(`${request.method} ${request.url}`)) {
      lost += 1;
      await until();
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status).end(text);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    lost: () => lost,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
