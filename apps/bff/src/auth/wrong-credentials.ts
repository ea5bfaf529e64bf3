import { SnapdeckError } from "@snapdeck/contract/snapdeck-error";

/** The same words whether the name or the password is wrong: they tell nobody which names exist. */
export function wrongCredentials(): SnapdeckError {
  return new SnapdeckError("wrong-credentials", "the name or the password is wrong", {
    hint: "Check both; an admin can set a new password.",
  });
}
