import type { Server } from "node:http";
import { StartFailure, systemCode } from "./start-failure.ts";

/** What the operating system says when an address cannot be had, and what that means. */
const REASONS: Record<string, string> = {
  EADDRINUSE: "another program has it",
  EACCES: "this user may not open it",
  EADDRNOTAVAIL: "this machine has no such address",
  ENOTFOUND: "this machine has no such address",
};

/**
 * Listens, and answers the port that was really taken.
 * @throws {StartFailure} `port-unavailable`
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port }, () => {
        server.off("error", reject);
        resolve();
      });
    });
  } catch (error) {
    const reason = REASONS[systemCode(error) ?? ""];
    if (reason === undefined) throw error;
    throw new StartFailure(
      "port-unavailable",
      `port ${port} on ${host} cannot be opened: ${reason}; nothing was started. Name another port, or stop the other program`,
      error,
    );
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}
