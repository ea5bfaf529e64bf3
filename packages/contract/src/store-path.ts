import { z } from "zod";

/** A path inside a backup: relative, in its normal form, made of plain segments. Whatever else stands there is refused. */
export const StorePath = z
  .string()
  .min(1)
  .max(1024)
  .refine(
    (path) => path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && !/[\\\0]/.test(part)),
    {
      message: "not a normal relative path",
    },
  );
export type StorePath = z.infer<typeof StorePath>;
