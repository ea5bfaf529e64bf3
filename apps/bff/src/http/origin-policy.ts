const LOOPBACK = ["127.0.0.1", "[::1]", "localhost"];

/** Under which addresses browsers may reach us; everything else is another site, or one that pretends to be us. */
export class OriginPolicy {
  /** The address that the operator is given. */
  readonly url: string;
  /** Whether browsers come over TLS. */
  readonly secure: boolean;
  readonly #origins: ReadonlySet<string>;
  readonly #hosts: ReadonlySet<string>;

  private constructor(origins: readonly [string, ...string[]]) {
    this.url = origins[0];
    this.secure = this.url.startsWith("https:");
    this.#origins = new Set(origins);
    this.#hosts = new Set(origins.map((origin) => new URL(origin).host));
  }

  /** Without `publicOrigin`, a server on loopback answers to each of loopback's names. `port` is the one really taken. */
  static of(listenHost: string, port: number, publicOrigin: string | undefined): OriginPolicy {
    if (publicOrigin !== undefined) return new OriginPolicy([publicOrigin]);
    const host = listenHost.includes(":") ? `[${listenHost}]` : listenHost;
    const others = LOOPBACK.filter((name) => name !== host);
    const origin = (name: string) => new URL(`http://${name}:${port}`).origin;
    return new OriginPolicy([origin(host), ...others.map(origin)]);
  }

  /**
   * Whether a `Host` header names us. A page of another site that had its name resolve to this machine (DNS rebinding) still
   * sends its own name here.
   */
  allowsHost(host: string | undefined): boolean {
    return host !== undefined && this.#hosts.has(host.toLowerCase());
  }

  allowsOrigin(origin: string): boolean {
    return this.#origins.has(origin);
  }

  /**
   * The addresses of our own WebSocket, for browsers whose `'self'` does not cover them. A policy cannot name an IPv6 address
   * (CSP level 3, section 2.3.1), so that such a page relies on `'self'`.
   */
  get socketOrigins(): string[] {
    return [...this.#origins].filter((origin) => !origin.includes("[")).map((origin) => origin.replace(/^http/, "ws"));
  }
}
