const SAMPLE_FONT_PX = 13;

let context: CanvasRenderingContext2D | null | undefined;

/** Measures texts in the page's own font, which is looked up once for all of them. @returns the width in pixels */
export function textMeasure(): (text: string) => number {
  context ??= document.createElement('canvas').getContext('2d');
  const measuring = context;
  if (measuring === null) return (text) => text.length * (SAMPLE_FONT_PX / 2);
  // The reader may have chosen another size in the browser.
  const { fontSize, fontFamily } = getComputedStyle(document.body);
  measuring.font = `${fontSize} ${fontFamily}`;
  return (text) => measuring.measureText(text).width;
}
