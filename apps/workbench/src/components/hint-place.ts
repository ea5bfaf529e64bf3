type Box = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

/** Between the hint and what it is about, and between the hint and the edge of the window, in CSS pixels. */
const GAP = 6;
const EDGE = 8;

/** Where a hint goes: above the target and centered on it, below where there is no room above, and always inside the window. */
export function hintPlace(
  target: Box,
  hint: Box,
  view: { width: number; height: number },
): { left: number; top: number } {
  const centered = target.left + target.width / 2 - hint.width / 2;
  const left = Math.max(EDGE, Math.min(centered, view.width - hint.width - EDGE));
  const above = target.top - hint.height - GAP;
  const top = above >= EDGE ? above : target.top + target.height + GAP;
  return { left, top };
}
