import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";
import type { Request, RequestHandler } from "express";
import { ipKeyGenerator, rateLimit } from "express-rate-limit";
import type { LimitsConfig } from "../config.ts";
import { contextOf } from "./request-context.ts";

export type RateLimits = {
  readonly signIns: RequestHandler;
  readonly changes: RequestHandler;
  readonly reads: RequestHandler;
};

const READ_WINDOW_SECONDS = 10;

function addressOf(request: Request): string {
  return ipKeyGenerator(request.ip ?? "");
}

function callerOf(request: Request): string {
  return contextOf(request).presence?.user.id ?? addressOf(request);
}

function limiter(windowSeconds: number, limit: number, keyGenerator: (request: Request) => string): RequestHandler {
  return rateLimit({
    windowMs: windowSeconds * 1000,
    limit,
    keyGenerator,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    // Its own checks write to the console; whether a proxy is trusted is decided by our configuration.
    validate: false,
    handler: (_request, _response, next) => {
      next(
        new SnapdeckError(
          "too-many-requests",
          `more than ${limit} requests in ${windowSeconds} seconds; nothing was changed`,
          {
            hint: "Wait a moment, then try again.",
          },
        ),
      );
    },
  });
}

/** Counts per user, or per address for those who are not signed in. In memory: a restart starts at zero. */
export function rateLimits(limits: LimitsConfig): RateLimits {
  return {
    signIns: limiter(60, limits.signInsPerMinuteOfAddress, addressOf),
    changes: limiter(60, limits.changesPerMinute, callerOf),
    reads: limiter(READ_WINDOW_SECONDS, limits.readsPerSecond * READ_WINDOW_SECONDS, callerOf),
  };
}
