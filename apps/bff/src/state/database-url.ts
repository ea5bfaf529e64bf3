/** Whether this names a PostgreSQL database: `postgres://user:password@host:5432/database`. */
export function isDatabaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname } = new URL(text);
  return (protocol === "postgres:" || protocol === "postgresql:") && pathname.length > 1;
}

/** The database and where it is, for messages: neither the user's name nor the password. */
export function nameOfDatabase(url: string): string {
  const { host, pathname, searchParams } = new URL(url);
  return `${pathname.slice(1)} on ${searchParams.get("host") ?? host}`;
}
