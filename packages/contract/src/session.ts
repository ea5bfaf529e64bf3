import { z } from "zod";
import { Role } from "./role.ts";
import { Moment, UserId } from "./scalars.ts";

/** 1 to 63 characters that read the same everywhere: letters, digits, `.`, `_`, `-`, `@`. */
export const Username = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$/,
    "1 to 63 letters, digits, dots, hyphens, underscores or @, starting with a letter or digit",
  );

/** 12 to 256 characters of any kind (OWASP ASVS 5.0, 6.2.1 and 6.2.9 ask for at least 8 and for 64 to be allowed). */
export const Password = z.string().min(12, "at least 12 characters").max(256, "at most 256 characters");

export const User = z.object({
  id: UserId,
  username: Username,
  role: Role,
  createdAt: Moment,
  lastSignInAt: Moment.optional(),
});
export type User = z.infer<typeof User>;

/** Who is signed in. `csrfToken` goes back as the header `x-snapdeck-csrf` of every request that changes something. */
export const Session = z.discriminatedUnion("signedIn", [
  z.object({
    signedIn: z.literal(false),
    /** Nobody has set Snapdeck up yet: the setup link printed at its first start opens the way. */
    setupNeeded: z.boolean(),
  }),
  z.object({
    signedIn: z.literal(true),
    user: User,
    csrfToken: z.string().min(1),
    /** When the password was last typed; restore, delete and changes of users ask for it again after 10 minutes. */
    confirmedAt: Moment,
    expiresAt: Moment,
  }),
]);
export type Session = z.infer<typeof Session>;

/** The header that carries the CSRF token. */
export const CSRF_HEADER = "x-snapdeck-csrf";
