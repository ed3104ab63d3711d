import type { Size } from '../types/model.ts';

/** What the text says about a picture. */
export interface ParameterFields extends Size {
  prompt: string;
  negative: string;
  steps: number;
  cfg: number;
  seed: number;
  model: { name: string; fingerprint: string };
  image?: { strength: number } | undefined;
  program: { name: string; version: string };
}

/** What could be read from another program's picture; what is missing there is missing here. */
export interface ForeignSettings {
  prompt: string;
  negative: string;
  steps?: number;
  /** 1 = off. */
  cfg?: number;
  /** Unsigned 32-bit; a larger one is left out, as it cannot be used here. */
  seed?: number;
  /** Unit: pixels. */
  size?: Size;
}

const negativeMark = 'Negative prompt:';
const fingerprintLength = 10;
/** A last line with fewer settings belongs to the prompt. */
const fewestSettings = 3;
const largestSeed = 0xffff_ffff;

/**
 * The community's text about a picture: prompt, negative prompt, one line of settings.
 * Source: AUTOMATIC1111/stable-diffusion-webui, `modules/processing.py`, `create_infotext`.
 */
export function formatParameters(record: ParameterFields): string {
  const settings: [name: string, value: string | number][] = [
    ['Steps', record.steps],
    ['Sampler', 'Euler'],
    ['CFG scale', record.cfg],
    ['Seed', record.seed],
    ['Size', `${record.width}x${record.height}`],
    ['Model hash', record.model.fingerprint.slice(0, fingerprintLength)],
    ['Model', record.model.name],
  ];
  if (record.image) settings.push(['Denoising strength', record.image.strength]);
  settings.push(['Version', `${record.program.name} ${record.program.version}`]);
  const lines = [record.prompt];
  if (record.negative) lines.push(`${negativeMark} ${record.negative}`);
  lines.push(settings.map(([name, value]) => `${name}: ${quote(String(value))}`).join(', '));
  return lines.join('\n');
}

/**
 * Reads such a text back as far as possible. A text without a line of settings is a prompt alone.
 * Source: AUTOMATIC1111/stable-diffusion-webui, `modules/infotext_utils.py`.
 */
export function parseParameters(text: string): ForeignSettings {
  const lines = text.replaceAll('\r\n', '\n').trim().split('\n');
  const values = parseSettings(lines.at(-1) ?? '');
  const hasSettings = values.has('Steps') && values.size >= fewestSettings;
  if (hasSettings) lines.pop();
  const split = lines.findIndex((line) => line.startsWith(negativeMark));
  const promptLines = split < 0 ? lines : lines.slice(0, split);
  const negativeLines = split < 0 ? [] : lines.slice(split);
  const settings: ForeignSettings = {
    prompt: promptLines.join('\n').trim(),
    negative: negativeLines.join('\n').slice(negativeMark.length).trim(),
  };
  if (!hasSettings) return settings;

  const steps = readNumber(values.get('Steps'));
  if (Number.isInteger(steps) && steps > 0) settings.steps = steps;
  const cfg = readNumber(values.get('CFG scale'));
  if (Number.isFinite(cfg)) settings.cfg = cfg;
  const seed = readNumber(values.get('Seed'));
  if (Number.isInteger(seed) && seed >= 0 && seed <= largestSeed) settings.seed = seed;
  const sides = /^(\d{1,6})x(\d{1,6})$/.exec(values.get('Size') ?? '');
  if (sides) settings.size = { width: Number(sides[1]), height: Number(sides[2]) };
  return settings;
}

/** A value with a separator in it is written as JSON. */
function quote(value: string): string {
  return /[,:\n"]/.test(value) ? JSON.stringify(value) : value;
}

/** `Name: value, Name: "value, with a comma"`, read once from left to right. */
function parseSettings(line: string): Map<string, string> {
  const values = new Map<string, string>();
  let position = 0;
  while (position < line.length) {
    const colon = line.indexOf(':', position);
    if (colon < 0) break;
    // A part without a colon is no setting: the name starts after the last comma.
    const name = line.slice(line.lastIndexOf(',', colon) + 1, colon).trim();
    const quoted = matchQuoted(line, colon + 1);
    const comma = line.indexOf(',', quoted?.end ?? colon);
    const end = comma < 0 ? line.length : comma;
    values.set(name, quoted?.value ?? line.slice(colon + 1, end).trim());
    position = end + 1;
  }
  return values;
}

function matchQuoted(line: string, position: number): { value: string; end: number } | undefined {
  const pattern = /\s*("(?:\\.|[^\\"])*")/y;
  pattern.lastIndex = position;
  const match = pattern.exec(line);
  if (!match?.[1]) return undefined;
  try {
    return { value: String(JSON.parse(match[1])), end: pattern.lastIndex };
  } catch {
    // Not JSON after all: the plain value up to the next comma is taken.
    return undefined;
  }
}

function readNumber(value: string | undefined): number {
  return value ? Number(value) : NaN;
}
