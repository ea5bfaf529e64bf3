import { useEffect, useState } from "react";

/** When waiting becomes worth a word, in milliseconds. */
const SLOW_MS = 2000;

/** Whether `waiting` has lasted for two seconds. */
export function useSlow(waiting: boolean): boolean {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    setSlow(false);
    if (!waiting) return undefined;
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, [waiting]);
  return slow;
}
