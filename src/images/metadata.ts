import { z } from 'zod';
import { AppError } from '../errors.ts';
import { formatParameters, parseParameters, type ForeignSettings } from './parameters.ts';
import { readPngTexts, xmpKeyword, type PngText } from './png-chunks.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const seed = z.int().min(0).max(0xffff_ffff);
const strength = z.number().min(0).max(1);

/**
 * What determines a picture: enough to draw it again bit for bit with the same program and model.
 * Nothing of the moment is in it (no date, seconds or memory), so that the same request gives the
 * same file.
 */
export const pictureRecordSchema = z.object({
  version: z.literal(1),
  /** As the model saw it, its style applied. */
  prompt: z.string(),
  /** As the person typed it. */
  typedPrompt: z.string(),
  negative: z.string(),
  width: z.int().positive(),
  height: z.int().positive(),
  steps: z.int().positive(),
  /** 1 = off. */
  cfg: z.number(),
  seed,
  style: z.string().nullable(),
  model: z.object({ name: z.string(), family: z.string(), fingerprint: z.string() }),
  /** Side of a VAE tile in pixels; 0 = decided from the size. */
  tile: z.int().min(0),
  /** Image-to-image: the checksum of the picture it started from. */
  image: z.object({ sha256, strength }).optional(),
  /** The checksum of the latents that were handed in, used in place of the seed's noise, and this picture's place in them. */
  initLatents: z.object({ sha256, index: z.int().min(0).max(3) }).optional(),
  /** Neighbouring noise: the seed whose noise was turned towards this one's, and how far; `via`: what it was turned towards before. */
  variation: z
    .object({
      baseSeed: seed,
      strength,
      via: z.array(z.object({ seed, strength })).optional(),
    })
    .optional(),
  program: z.object({ name: z.string(), version: z.string() }),
});

export type PictureRecord = z.infer<typeof pictureRecordSchema>;

export type PictureSettings =
  | { source: 'quartet'; record: PictureRecord }
  | { source: 'parameters'; settings: ForeignSettings };

const recordKeyword = 'quartet';
const parametersKeyword = 'parameters';

/** IPTC's word for a picture that a trained model drew. */
export const aiSourceType =
  'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';

/**
 * The texts a picture carries: the community's `parameters`, our own record as JSON and, unless
 * turned off, the statement that it is AI-generated as XMP.
 */
export function buildPictureTexts(
  record: PictureRecord,
  { sayAiGenerated = true }: { sayAiGenerated?: boolean } = {},
): PngText[] {
  // Parsing puts the fields in the schema's order, whatever the caller's was.
  const ordered = pictureRecordSchema.parse(record);
  const texts = [
    { keyword: parametersKeyword, text: formatParameters(ordered) },
    { keyword: recordKeyword, text: JSON.stringify(ordered) },
  ];
  if (sayAiGenerated) texts.push({ keyword: xmpKeyword, text: buildXmp() });
  return texts;
}

/**
 * The settings a PNG file was drawn with: our own record, or what another program's `parameters`
 * text says.
 * @throws AppError INVALID_REQUEST when it is no PNG file, damaged, or carries neither.
 */
export function readPictureSettings(png: Uint8Array): PictureSettings {
  const texts = readPngTexts(png);
  const find = (name: string) => texts.find(({ keyword }) => keyword === name)?.text;
  const record = find(recordKeyword);
  if (record !== undefined) return { source: 'quartet', record: parseRecord(record) };
  const parameters = find(parametersKeyword);
  if (parameters !== undefined) {
    return { source: 'parameters', settings: parseParameters(parameters) };
  }
  throw new AppError(
    'INVALID_REQUEST',
    `The PNG file carries no settings (no text named ${recordKeyword} or ${parametersKeyword}): it was not drawn by this program, or an editor or a chat platform removed them. Give the original file.`,
  );
}

function parseRecord(text: string): PictureRecord {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new AppError(
      'INVALID_REQUEST',
      `The settings in the PNG file (${recordKeyword}) are not readable as JSON: it was changed after it was drawn.`,
      { cause },
    );
  }
  const { data: newer } = z.object({ version: z.int().min(2) }).safeParse(json);
  if (newer) {
    throw new AppError(
      'INVALID_REQUEST',
      `The settings in the PNG file are of version ${newer.version}, this program reads version 1: update it.`,
    );
  }
  const result = pictureRecordSchema.safeParse(json);
  if (result.success) return result.data;
  throw new AppError(
    'INVALID_REQUEST',
    `The settings in the PNG file (${recordKeyword}) do not fit: ${z.prettifyError(result.error)}`,
  );
}

/** Source: Adobe, "XMP Specification Part 1"; IPTC Photo Metadata Standard, "Digital Source Type". */
function buildXmp(): string {
  return [
    '<?xpacket begin="\u{feff}" id="W5M0MpCehiHzreSzNTczkc9d"?>',
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">',
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
    '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">',
    `<Iptc4xmpExt:DigitalSourceType>${aiSourceType}</Iptc4xmpExt:DigitalSourceType>`,
    '</rdf:Description>',
    '</rdf:RDF>',
    '</x:xmpmeta>',
    '<?xpacket end="r"?>',
  ].join('\n');
}
