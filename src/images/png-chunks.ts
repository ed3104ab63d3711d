import { crc32, inflateSync } from 'node:zlib';
import { AppError } from '../errors.ts';

/** One chunk of a PNG file. `type` is its four letters: `IHDR`, `iTXt`, `IDAT`, … */
export interface PngChunk {
  type: string;
  data: Buffer;
}

/** A named text in a PNG file. */
export interface PngText {
  /** 1 to 79 latin-1 characters. */
  keyword: string;
  text: string;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Length and type before a chunk's data, checksum after it. */
const chunkOverheadBytes = 12;
/** Against a small file that unpacks to gigabytes. */
const largestTextBytes = 4 * 1024 * 1024;
/** Against one that has thousands of those. */
const largestTextsBytes = 4 * largestTextBytes;
/** Against one that is nothing but chunks. */
const mostChunks = 65_536;
/** Readers look for XMP in this one kind of chunk only. */
export const xmpKeyword = 'XML:com.adobe.xmp';

const latin1Text = /^[\n\x20-\x7e\xa1-\xff]*$/;
const latin1Keyword = /^(?! )[\x20-\x7e\xa1-\xff]{1,79}(?<! )$/;

/**
 * The chunks of a PNG file in their order, checksums verified.
 * @throws AppError INVALID_REQUEST when it is no PNG file, cut off or damaged.
 * Source: W3C, "Portable Network Graphics (PNG) Specification", section 5.
 */
export function readPngChunks(png: Uint8Array): PngChunk[] {
  const bytes = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  if (!bytes.subarray(0, signature.length).equals(signature)) {
    throw broken('It is not a PNG file', '这不是 PNG 文件');
  }
  const chunks: PngChunk[] = [];
  let position = signature.length;
  while (chunks.at(-1)?.type !== 'IEND') {
    const lengthBytes = position + 8 <= bytes.length ? bytes.readUInt32BE(position) : Infinity;
    const end = position + chunkOverheadBytes + lengthBytes;
    if (end > bytes.length) {
      throw broken(
        `The PNG file is cut off after ${bytes.length} bytes`,
        `PNG 文件不完整：在第 ${bytes.length} 字节处中断`,
      );
    }
    const type = bytes.toString('latin1', position + 4, position + 8);
    if (crc32(bytes.subarray(position + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) {
      throw broken(
        `The PNG file is damaged: the checksum of a chunk at byte ${position} is wrong`,
        `PNG 文件已损坏：第 ${position} 字节处的校验和不对`,
      );
    }
    if (chunks.length === mostChunks) {
      throw broken(
        `The PNG file has more than ${mostChunks} chunks`,
        `PNG 文件的数据块超过 ${mostChunks} 个`,
      );
    }
    chunks.push({ type, data: bytes.subarray(position + 8, end - 4) });
    position = end;
  }
  return chunks;
}

/**
 * The same picture with texts added before its pixels, in the given order: latin-1 text as `tEXt`,
 * any other as `iTXt` (UTF-8). A NUL, which neither can hold, becomes U+FFFD.
 * @throws AppError INVALID_REQUEST when `png` is no PNG file, INTERNAL for a keyword that cannot be stored.
 */
export function insertTextChunks(png: Uint8Array, texts: readonly PngText[]): Buffer {
  const chunks = readPngChunks(png);
  const start = chunks.findIndex(({ type }) => type === 'IDAT');
  if (start < 0) throw broken('The PNG file has no pixels', 'PNG 文件没有像素');
  chunks.splice(start, 0, ...texts.map(toChunk));
  return Buffer.concat([signature, ...chunks.map(writeChunk)]);
}

/**
 * The texts of a PNG file in their order, of all three kinds (`tEXt`, `zTXt`, `iTXt`).
 * @throws AppError INVALID_REQUEST when it is no PNG file or damaged.
 */
export function readPngTexts(png: Uint8Array): PngText[] {
  let bytesLeft = largestTextsBytes;
  return readPngChunks(png).flatMap((chunk) => {
    if (!['tEXt', 'zTXt', 'iTXt'].includes(chunk.type)) return [];
    const text = readText(chunk);
    bytesLeft -= text.text.length;
    if (bytesLeft < 0) {
      throw broken(
        `The texts of the PNG file are larger than ${largestTextsBytes} bytes together`,
        `PNG 文件中的文字总共超过 ${largestTextsBytes} 字节`,
      );
    }
    return [text];
  });
}

function toChunk({ keyword, text }: PngText): PngChunk {
  if (!latin1Keyword.test(keyword)) {
    throw new AppError(
      'INTERNAL',
      `A PNG file cannot hold a text named "${keyword}": 1 to 79 latin-1 characters are needed.`,
    );
  }
  const name = Buffer.from(`${keyword}\0`, 'latin1');
  if (keyword !== xmpKeyword && latin1Text.test(text)) {
    return { type: 'tEXt', data: Buffer.concat([name, Buffer.from(text, 'latin1')]) };
  }
  // Not compressed, no language, no translated keyword.
  const header = Buffer.from([0, 0, 0, 0]);
  const content = Buffer.from(text.replaceAll('\0', '\u{fffd}'), 'utf8');
  return { type: 'iTXt', data: Buffer.concat([name, header, content]) };
}

function writeChunk({ type, data }: PngChunk): Buffer {
  const bytes = Buffer.alloc(chunkOverheadBytes + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
}

function readText({ type, data }: PngChunk): PngText {
  let position = 0;
  const readField = () => {
    const end = data.indexOf(0, position);
    if (end < 0) {
      throw broken(
        `A text of the PNG file (${type}) is damaged`,
        `PNG 文件中的一段文字（${type}）已损坏`,
      );
    }
    const field = data.toString('latin1', position, end);
    position = end + 1;
    return field;
  };
  const keyword = readField();
  if (type === 'tEXt') return { keyword, text: data.toString('latin1', position) };
  if (type === 'zTXt') {
    return { keyword, text: inflate(keyword, data.subarray(position + 1)).toString('latin1') };
  }
  const isCompressed = data[position] === 1;
  position += 2;
  readField();
  readField();
  const content = data.subarray(position);
  return { keyword, text: (isCompressed ? inflate(keyword, content) : content).toString('utf8') };
}

function inflate(keyword: string, compressed: Buffer): Buffer {
  try {
    return inflateSync(compressed, { maxOutputLength: largestTextBytes });
  } catch (cause) {
    throw broken(
      `The text "${keyword}" of the PNG file is damaged or larger than ${largestTextBytes} bytes`,
      `PNG 文件中的文字“${keyword}”已损坏，或超过 ${largestTextBytes} 字节`,
      cause,
    );
  }
}

function broken(what: string, whatInChinese: string, cause?: unknown): AppError {
  return new AppError('INVALID_REQUEST', `${what}. Give the original file, unchanged.`, {
    cause,
    localized: { 'zh-CN': `${whatInChinese}。请使用未经修改的原文件。` },
  });
}
