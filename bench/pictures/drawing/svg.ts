// The few SVG elements that the pictures are made of, one to a line, so that a picture that changes can be compared.
// Every picture has a title and a description for those who hear it, its own paper, and colours for light and dark surroundings.

export type Attributes = Readonly<Record<string, string | number>>;

export interface Sheet {
  readonly title: string;
  /** What the picture shows, in a sentence or two, for those who cannot see it. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
}

/** A tenth of a pixel is enough, and keeps files small. */
export const place = (value: number): number => Math.round(value * 10) / 10;

export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

export function element(name: string, attributes: Attributes, content = ''): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === 'number' ? place(value) : escapeText(value)}"`,
  );
  return content === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${content}</${name}>`;
}

export const label = (x: number, y: number, text: string, attributes: Attributes = {}): string =>
  element('text', { x, y, ...attributes }, escapeText(text));

export const segment = (from: readonly [number, number], to: readonly [number, number], attributes: Attributes): string =>
  element('line', { x1: from[0], y1: from[1], x2: to[0], y2: to[1], ...attributes });

/** Colours that stay apart for most eyes, after M. Okabe and K. Ito, darker on white and lighter on black. No line is told by colour alone. */
const tones = {
  grey: ['#5f6770', '#a9b3bd'],
  red: ['#c24a00', '#ff9457'],
  blue: ['#0067a8', '#5cb3f2'],
  green: ['#00785a', '#3ccf9e'],
  purple: ['#a03d86', '#ef9fd3'],
  amber: ['#8a6000', '#edc04c'],
  cyan: ['#2a7f9e', '#86d7ee'],
} as const;

export type Tone = keyof typeof tones;

export function drawing({ title, description, width, height }: Sheet, parts: readonly string[]): string {
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title desc">`,
    element('title', { id: 'title' }, escapeText(title)),
    element('desc', { id: 'desc' }, escapeText(description)),
    element('style', {}, styles()),
    element('rect', { class: 'paper', width, height, rx: 8 }),
    ...parts,
    '</svg>',
  ];
  return `${lines.join('\n')}\n`;
}

function styles(): string {
  const light = surroundings({ paper: '#ffffff', ink: '#1f2328', soft: '#59636e', grid: '#e2e6ea', band: '#f3f1ea' }, 0);
  const dark = surroundings({ paper: '#0d1117', ink: '#e6edf3', soft: '#9aa4af', grid: '#2a313a', band: '#1b1f22' }, 1);
  return [
    '',
    'text{font:13px system-ui,sans-serif}.heading{font-weight:600}.small{font-size:12px}.middle{text-anchor:middle}.end{text-anchor:end}',
    // The paper's colour around letters keeps them readable on lines.
    '.on{paint-order:stroke;stroke-width:4px;stroke-linejoin:round;font-weight:600}',
    '.line{fill:none;stroke-width:2.2;stroke-linejoin:round;stroke-linecap:round}.grid,.guide,.pair{fill:none}.guide{stroke-dasharray:5 4}.pair{stroke-width:2}',
    '.pale{fill-opacity:.5}.faint{fill-opacity:.28}.hollow{stroke-width:2.2}',
    light,
    `@media (prefers-color-scheme:dark){${dark}}`,
    '',
  ].join('\n');
}

interface Surroundings {
  readonly paper: string;
  readonly ink: string;
  readonly soft: string;
  readonly grid: string;
  readonly band: string;
}

function surroundings({ paper, ink, soft, grid, band }: Surroundings, index: 0 | 1): string {
  const base = `.paper{fill:${paper}}text{fill:${ink}}.soft{fill:${soft}}.grid{stroke:${grid}}.guide{stroke:${soft}}.band{fill:${band}}.on,.hollow{stroke:${paper}}`;
  // In a box the letters have the paper's colour.
  const inBoxes = `.in-box{fill:${paper};font-weight:600}`;
  const colours = Object.entries(tones).map(([name, values]) => {
    const colour = values[index];
    return `.line.${name},.pair.${name}{stroke:${colour}}.fill.${name},text.${name}{fill:${colour}}.hollow.${name}{fill:${paper};stroke:${colour}}`;
  });
  return [base, inBoxes, ...colours].join('');
}
