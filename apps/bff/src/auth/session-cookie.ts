import { parseCookie, stringifySetCookie } from "cookie";

/**
 * The cookie that carries a session's token. Behind TLS it is `__Host-`: the browser then takes it only over TLS, for this host
 * and the whole of it (RFC 6265bis section 4.1.3.2). Without TLS its name holds the port, because cookies are shared by all ports
 * of a host and two Snapdecks on one machine would sign each other out.
 */
export class SessionCookie {
  readonly #secure: boolean;
  readonly name: string;

  constructor(publicOrigin: string) {
    const { protocol, port } = new URL(publicOrigin);
    this.#secure = protocol === "https:";
    this.name = this.#secure ? "__Host-snapdeck" : `snapdeck-${port === "" ? "80" : port}`;
  }

  /** The token in a request's `Cookie` header, whatever it is. */
  read(header: string | undefined): string | undefined {
    return header === undefined ? undefined : parseCookie(header)[this.name];
  }

  /** The `Set-Cookie` that signs in. It lives as long as the browser; how long the session lives, the server decides. */
  signedIn(token: string): string {
    return this.#print({ value: token });
  }

  /** The `Set-Cookie` that signs out. */
  signedOut(): string {
    return this.#print({ value: "", maxAge: 0 });
  }

  #print(cookie: { value: string; maxAge?: number }): string {
    return stringifySetCookie({
      name: this.name,
      ...cookie,
      path: "/",
      httpOnly: true,
      sameSite: "strict",
      secure: this.#secure,
    });
  }
}
