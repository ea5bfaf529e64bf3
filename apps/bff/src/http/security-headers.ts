import type { RequestHandler } from "express";
import helmet from "helmet";
import type { OriginPolicy } from "./origin-policy.ts";

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/**
 * The headers that tell browsers what a page of ours may do (OWASP ASVS 5.0, 3.4). Scripts come from our own files only. Styles
 * may be inline, because Mantine writes its CSS variables into a style element and sizes into style attributes, and a page served
 * from a file has no nonce to give them; a style cannot run code.
 */
export function securityHeaders(origins: OriginPolicy): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "manifest-src": ["'self'"],
        "connect-src": ["'self'", ...origins.socketOrigins],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
      },
    },
    strictTransportSecurity: origins.secure ? { maxAge: YEAR_SECONDS, includeSubDomains: false } : false,
    referrerPolicy: { policy: "no-referrer" },
    xFrameOptions: { action: "deny" },
    crossOriginOpenerPolicy: { policy: "same-origin" },
    crossOriginResourcePolicy: { policy: "same-origin" },
  });
}
