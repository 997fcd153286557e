const SAMPLE_FONT_PX = 13;

let context: CanvasRenderingContext2D | null | undefined;

/** Width of a text in the page's own font, in pixels. */
export function measureText(text: string): number {
  context ??= document.createElement('canvas').getContext('2d');
  if (context === null) return text.length * (SAMPLE_FONT_PX / 2);
  context.font = `${SAMPLE_FONT_PX}px ${getComputedStyle(document.body).fontFamily}`;
  return context.measureText(text).width;
}
