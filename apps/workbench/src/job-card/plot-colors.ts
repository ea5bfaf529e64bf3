/** What a canvas must be told, because it inherits nothing. */
export type PlotColors = {
  readonly line: string;
  readonly fill: string;
  readonly grid: string;
  readonly text: string;
  readonly font: string;
};

/** Reads the theme's colors and type where the plot will stand, so that it looks like the page around it in light and dark. */
export function plotColors(element: Element): PlotColors {
  const style = getComputedStyle(element);
  const named = (name: string) => style.getPropertyValue(name).trim();
  const line = named("--job-plot-line");
  return {
    line,
    fill: named("--job-plot-fill"),
    grid: named("--job-plot-grid"),
    text: named("--job-plot-text"),
    font: `11px ${style.fontFamily}`,
  };
}
