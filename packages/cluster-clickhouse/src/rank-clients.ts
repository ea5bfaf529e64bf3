import type { RankEndpoints } from "@snapdeck/contract/host";
import { RankClient } from "./rank-client.ts";

/** One client for each rank, made anew when a rank listens elsewhere than before. */
export class RankClients {
  readonly #endpoints: () => Promise<RankEndpoints>;
  readonly #clients = new Map<string, RankClient>();

  /** @param endpoints tells where the ranks are now; may throw what a caller of `all` shall see. */
  constructor(endpoints: () => Promise<RankEndpoints>) {
    this.#endpoints = endpoints;
  }

  /** Clients of the ranks that accept users, in the order of their numbers. */
  async all(): Promise<RankClient[]> {
    const endpoints = [...(await this.#endpoints())].sort((one, other) => one.rank - other.rank);
    const wanted = new Map(endpoints.map((endpoint) => [keyOf(endpoint), endpoint]));
    for (const [key, client] of this.#clients) {
      if (wanted.has(key)) continue;
      this.#clients.delete(key);
      await client.close();
    }
    return [...wanted].map(([key, endpoint]) => {
      const client = this.#clients.get(key) ?? new RankClient(endpoint);
      this.#clients.set(key, client);
      return client;
    });
  }

  async close(): Promise<void> {
    const clients = [...this.#clients.values()];
    this.#clients.clear();
    await Promise.all(clients.map((client) => client.close()));
  }
}

function keyOf(endpoint: RankEndpoints[number]): string {
  return JSON.stringify([endpoint.rank, endpoint.url, endpoint.username, endpoint.password]);
}
