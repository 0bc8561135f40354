import { createRequire } from 'node:module';

/** As sharp as a page that is printed, or shown by a screen of many points. */
const ZOOM = 2;
const FONT = 'DejaVu Sans';

export type DrawPicture = (svg: string) => Uint8Array;

/**
 * What makes PNG of SVG. Its letters come with the programs, so that they are there on a machine without fonts; the machine's own are
 * for the scripts that those lack. Rejects where the library has no build for this machine.
 */
export async function openPictures(): Promise<DrawPicture> {
  const { Resvg } = await import('@resvg/resvg-js');
  const { resolve } = createRequire(import.meta.url);
  const fontFiles = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map(file => resolve(`dejavu-fonts-ttf/ttf/${file}`));
  return svg => new Resvg(svg, { fitTo: { mode: 'zoom', value: ZOOM }, font: { fontFiles, loadSystemFonts: true, defaultFontFamily: FONT } }).render().asPng();
}
