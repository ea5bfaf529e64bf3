import type { Server } from "node:http";
import { StartFailure } from "./start-failure.ts";

/** Opens the port and answers the address under which the server is reached. Throws `port-unavailable`. */
export function listen(server: Server, hostname: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const code = "code" in error ? String(error.code) : error.message;
      const why = code === "EADDRINUSE" ? "another program uses it" : code;
      reject(
        new StartFailure(
          "port-unavailable",
          `port ${port} of ${hostname} cannot be opened (${why}); choose another one`,
          error,
        ),
      );
    });
    server.listen(port, hostname, () => {
      const address = server.address();
      resolve(`http://${hostname}:${typeof address === "object" ? (address?.port ?? port) : port}`);
    });
  });
}
